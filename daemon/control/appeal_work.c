/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Appeals: taken in, published, listed, shown. */
#include "appeal/picture.h"
#include "base/log.h"
#include "control/work.h"

static const char *const imported_names[] = {
    [IMPORT_NEW] = "new",
    [IMPORT_UNCHANGED] = "unchanged",
    [IMPORT_SETTINGS] = "settings",
    [IMPORT_REPLACED] = "replaced",
    [IMPORT_NEW_VERSION] = "new-version",
};

enum us_err appeal_work_import(struct call *call)
{
    struct appeal_import import;
    enum us_err err;

    if (call->file_count == 0) {
        fault_set(&call->fault, NULL, 0, "no files came with the import");
        return US_INVALID;
    }
    err = appeal_import(call->site, call->files, call->file_count, call->actor, &import,
                        &call->fault);
    if (err != US_OK)
        return err;
    answer_single(call->answer, &row_imported,
                  (struct row_value[]){
                      row_text(import.slug),
                      row_text(imported_names[import.what]),
                      row_number(import.version),
                      row_number((int64_t)import.languages),
                      row_flag(import.waits),
                  });
    return US_OK;
}

struct outlook {
    enum appeal_state state;
    int64_t closing; /* 0: open end */
};

static enum us_err read_outlook(struct reader *reader, struct call *call, void *arg)
{
    struct appeal *appeal;
    enum us_err err = call_load_appeal(reader, call, &appeal);

    if (err != US_OK)
        return err;
    *(struct outlook *)arg = (struct outlook){appeal->state, appeal_closing(appeal)};
    appeal_free(appeal);
    return US_OK;
}

enum us_err appeal_work_publish(struct call *call)
{
    struct outlook outlook;
    const char *slug = call->request->arguments[0];
    struct fault fault = {.text = ""};
    int64_t version;
    bool is_drawn;
    enum us_err err = appeal_publish(call->site, slug, call->actor, &version, &call->fault);

    if (err == US_NOT_FOUND && call->fault.text[0] == '\0')
        fault_set(&call->fault, NULL, 0, "there is no appeal \"%s\"", slug);
    if (err == US_OK)
        err = call_read(call, read_outlook, &outlook);
    if (err != US_OK)
        return err;
    /* The appeal is on the site, whatever becomes of its pictures. */
    is_drawn = picture_draw(call->site, slug, &fault) == US_OK;
    if (!is_drawn)
        log_warning("appeal %s has no new pictures: %s", slug, fault.text);
    answer_single(call->answer, &row_published,
                  (struct row_value[]){row_text(slug), row_number(version),
                                       is_drawn ? row_null() : row_text(fault.text),
                                       row_text(appeal_state_name(outlook.state)),
                                       row_number_if(outlook.closing != 0, outlook.closing)});
    return US_OK;
}

/* The columns that a list and a page of one appeal share; returns how many. */
static size_t fill_appeal(const struct appeal *appeal, const struct appeal_counts *counts,
                          const char *languages[ROW_TEXTS_MOST], struct row_value *values)
{
    size_t n = 0, count = 0;

    for (; count < appeal->text_count && count < ROW_TEXTS_MOST; count++)
        languages[count] = appeal->texts[count]->language;
    values[n++] = row_text(appeal->slug);
    values[n++] = row_text(appeal_state_name(appeal->state));
    values[n++] = row_number(appeal->version);
    values[n++] = row_texts(languages, count);
    values[n++] = row_number(counts->signatures);
    values[n++] = row_number(counts->members);
    return n;
}

static bool add_appeal(const struct appeal *appeal, const struct appeal_counts *counts, void *arg)
{
    struct call *call = arg;
    const char *languages[ROW_TEXTS_MOST];
    struct row_value values[ROW_COLUMNS_MOST];

    values[fill_appeal(appeal, counts, languages, values)] = row_flag(appeal->is_shielded);
    return answer_row(call->answer, values);
}

static enum us_err read_list(struct reader *reader, struct call *call, void *arg)
{
    (void)arg;
    return appeal_each(reader, call->site, false, add_appeal, call);
}

enum us_err appeal_work_list(struct call *call)
{
    answer_columns(call->answer, &row_appeal);
    return call_read(call, read_list, NULL);
}

static void add_full(struct call *call, const struct appeal *appeal,
                     const struct appeal_counts *counts, int64_t earlier)
{
    const struct settings *settings = appeal->settings;
    const char *languages[ROW_TEXTS_MOST];
    struct row_value values[ROW_COLUMNS_MOST];
    size_t n = fill_appeal(appeal, counts, languages, values);
    bool is_published = appeal->published_version != 0;

    values[n++] = row_number(counts->countries);
    values[n++] = row_text(settings->authoritative);
    values[n++] = row_text(policy_name(settings->policy));
    values[n++] = row_text(letter_form_name(settings->form));
    values[n++] = row_text(visibility_name(settings->visibility));
    values[n++] = row_number_if(settings->has_opening, settings->opens_on);
    values[n++] = row_number_if(settings->has_closing, settings->closes_on);
    values[n++] = row_number(appeal->newest_version);
    values[n++] = row_number_if(is_published, appeal->published_version);
    values[n++] = row_number_if(is_published, appeal->published_at);
    values[n++] = row_number(earlier);
    values[n++] = row_number_if(appeal->paused_on != 0, appeal->paused_on);
    values[n++] = row_number_if(appeal->closed_on != 0, appeal->closed_on);
    values[n++] = row_number_if(appeal->archived_on != 0, appeal->archived_on);
    values[n++] = row_number(appeal->days_lost);
    values[n++] = row_flag(appeal->is_shielded);
    answer_single(call->answer, &row_appeal_full, values);
}

static void add_addressees(struct call *call, const struct settings *settings)
{
    answer_columns(call->answer, &row_addressee);
    for (size_t i = 0; i < settings->addressee_count; i++) {
        const struct addressee *addressee = &settings->addressees[i];
        const struct row_value values[] = {
            row_text(addressee->id),
            row_text(addressee_role_name(addressee->role)),
            row_text(addressee_kind_name(addressee->kind)),
            row_text(addressee->name),
            row_text(addressee->language),
        };
        if (!answer_row(call->answer, values))
            return;
    }
}

static enum us_err read_one(struct reader *reader, struct call *call, void *arg)
{
    struct appeal_counts counts;
    struct appeal *appeal;
    int64_t earlier;
    enum us_err err = call_load_appeal(reader, call, &appeal);

    (void)arg;
    if (err != US_OK)
        return err;
    err = appeal_count(reader, appeal->id, appeal->version, &counts);
    if (err == US_OK)
        err = appeal_count_earlier(reader, appeal->id, appeal->version, &earlier);
    if (err == US_OK) {
        add_full(call, appeal, &counts, earlier);
        add_addressees(call, appeal->settings);
    }
    appeal_free(appeal);
    return err;
}

enum us_err appeal_work_show(struct call *call)
{
    return call_read(call, read_one, NULL);
}
