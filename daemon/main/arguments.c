/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Few options: everything else is in the configuration. */
#include "main/arguments.h"
#include "config.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#define DEFAULT_CONFIG "/etc/undersign/undersign.conf"

enum { OPTION_STDIO = 256, OPTION_SITE, OPTION_BACKUP, OPTION_ADOPT_KEYS };

static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                        {"site", required_argument, NULL, OPTION_SITE},
                                        {"check-config", no_argument, NULL, 't'},
                                        {"stdio", no_argument, NULL, OPTION_STDIO},
                                        {"backup", no_argument, NULL, OPTION_BACKUP},
                                        {"adopt-keys", no_argument, NULL, OPTION_ADOPT_KEYS},
                                        {"help", no_argument, NULL, 'h'},
                                        {"version", no_argument, NULL, 'V'},
                                        {NULL, 0, NULL, 0}};

static void print_help(void)
{
    puts("Usage: undersignd [--config FILE | --site DIR] [--check-config | --stdio | --backup |\n"
         "                    --adopt-keys]\n"
         "\n"
         "  -c, --config FILE   the configuration (default " DEFAULT_CONFIG ")\n"
         "      --site DIR      the same as --config DIR/undersign.conf\n"
         "  -t, --check-config  check the configuration and end\n"
         "      --stdio         speak the control protocol on standard input and output\n"
         "      --backup        the same about the backup on descriptor 3 (used by undersign)\n"
         "      --adopt-keys    take the keys in the folder of keys, or new ones, for this site's\n"
         "                      database, and end; for keys that are lost: see undersignd(8)\n"
         "  -h, --help          show this\n"
         "  -V, --version       show the version\n"
         "\n"
         "Runs in the foreground until SIGTERM or SIGINT. SIGHUP reads the TLS certificate again.\n"
         "See undersignd(8) and undersign.conf(5).");
}

int arguments_read(int argc, char **argv, struct arguments *out)
{
    int option, written = 0;
    *out = (struct arguments){.config = DEFAULT_CONFIG};
    const char *site = getenv("UNDERSIGN_SITE");
    if (site && site[0])
        written = snprintf(out->config, sizeof out->config, "%s/undersign.conf", site);
    while ((option = getopt_long(argc, argv, "c:thV", options, NULL)) != -1) {
        switch (option) {
        case 'c':
            written = snprintf(out->config, sizeof out->config, "%s", optarg);
            out->has_config = true;
            break;
        case OPTION_SITE:
            written = snprintf(out->config, sizeof out->config, "%s/undersign.conf", optarg);
            out->has_config = true;
            break;
        case 't':
            out->is_check = true;
            break;
        case OPTION_STDIO:
            out->is_stdio = true;
            break;
        case OPTION_BACKUP:
            out->is_backup = true;
            break;
        case OPTION_ADOPT_KEYS:
            out->adopts_keys = true;
            break;
        case 'h':
            print_help();
            return EX_OK;
        case 'V':
            puts(PACKAGE_STRING);
            return EX_OK;
        default:
            fputs("Try: undersignd --help\n", stderr);
            return EX_USAGE;
        }
    }
    if (optind < argc || written < 0 || (size_t)written >= sizeof out->config) {
        fprintf(stderr, "undersignd: %s\nTry: undersignd --help\n",
                optind < argc ? "there are no arguments, only options" : "the path is too long");
        return EX_USAGE;
    }
    return -1;
}
