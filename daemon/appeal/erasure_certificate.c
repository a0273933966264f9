/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What was erased, what is kept and why, as text that a person can be given and anybody can check
 * with minisign(1). It says nothing that was erased, nor the reason: whoever wrote it may have
 * named the person. In English, as all of the command line is.
 */
#include "appeal/erasure.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include <inttypes.h>

static void add_erased(const struct erasure_facts *facts, struct str *out)
{
    if (!facts->changed) {
        str_append_text(out, "Nothing of the person was left to erase on that day.\n\n");
        return;
    }
    str_append_text(
        out, "Erased:\n"
             "- the name and the capacity of the person who signed\n"
             "- the e-mail address: the copy sealed to the organisers, this site's own copy, "
             "and its domain\n"
             "- the details given for the ILO, where there were any\n"
             "- mails to that address that had not left\n"
             "- moderators' notes about the signature, and the reasons in the audit log that were "
             "given for it\n");
    if (facts->state != SIGNATURE_LISTED)
        str_append_text(out, "- the town and the affiliations\n");
    str_append_text(out, "\n");
}

static void add_kept(const struct erasure_facts *facts, struct str *out)
{
    str_append_format(out,
                      "Kept:\n- the organisation's name, kind, country and number of members%s, "
                      "and the day of the signature, so that the record of what was signed and "
                      "counted stays true\n",
                      facts->state == SIGNATURE_LISTED ? ", its town and affiliations" : "");
    if (facts->state == SIGNATURE_WITHDRAWN)
        str_append_text(
            out, "  The signature is withdrawn: it is shown nowhere and in no later letter.\n");
    else if (facts->state == SIGNATURE_LISTED)
        str_append_text(out,
                        "  The signature stays listed as the organisation's, without a person.\n");
    else
        str_append_format(out, "  The signature stays %s: it is shown nowhere.\n",
                          signature_state_name(facts->state));
    if (facts->state != SIGNATURE_WITHDRAWN)
        str_append_text(
            out, "- two numbers computed with a secret key from the e-mail address and the "
                 "organisation's name, so that one organisation signs once; nobody can find the "
                 "address from them without that key\n");
    str_append_text(out,
                    "- the entries in the audit log about the signature, and one more that this "
                    "was done: what, when and by which account, under the signature's number\n"
                    "- the filter and the reason of decisions on many signatures at once, where it "
                    "was among them: they are the record of that decision, and go with the "
                    "appeal's persons\n\n");
}

static void add_letters(const struct erasure_facts *facts, struct str *out)
{
    char day[16];
    if (facts->letter_count == 0)
        str_append_text(out, "No letter that this site knows of left with the person's name.\n");
    else
        str_append_text(out,
                        "These letters left with the person's name, and cannot be called back:\n");
    for (size_t i = 0; i < facts->letter_count; i++) {
        const struct erasure_letter *letter = &facts->letters[i];
        clock_print_day(letter->delivered_on, day);
        str_append_format(out, "- edition %" PRId64 " to %s%s%s%s%s\n", letter->number,
                          letter->addressee, letter->has_day ? ", delivered on " : "",
                          letter->has_day ? day : "", letter->how ? " by " : "",
                          letter->how ? letter->how : "");
    }
    str_append_text(
        out, "Files that were exported before, backups of the database made before, and copies "
             "of it that a restore kept, hold it until whoever keeps them deletes them.\n");
}

char *erasure_certificate(const struct erasure_facts *facts)
{
    struct str out = STR_INIT;
    char now[24];
    clock_print(facts->now, now);
    str_append_text(&out, "Certificate of erasure\n\n");
    str_append_format(&out, "Site: %s (%s)\n", facts->site, facts->url);
    str_append_format(&out, "Appeal: %s\n", facts->slug);
    str_append_format(&out, "Signature: %s (it was %s)\n", facts->id,
                      signature_state_name(facts->was));
    str_append_format(&out, "Time: %s\n", now);
    str_append_format(&out, "Done by: %s\n\n", facts->actor);
    add_erased(facts, &out);
    add_kept(facts, &out);
    add_letters(facts, &out);
    str_append_format(
        &out, "\nThis text is signed with the site's key %s. Its public key: %s/undersign.pub\n",
        facts->key_id, facts->url);
    return str_take(&out);
}
