/* dunning: invoices that stay unpaid: the cases, what comes next, the rules. */
#include "page/admin/admin.h"

#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "service/dunning.h"
#include "store/claim.h"
#include "store/customer.h"
#include "store/history.h"
#include "text/words.h"

enum { CASES_MAX = 200, BLANK_STEPS = 3, REASON_MAX = 300 };

static const struct field_option action_option[] = {
    {"", "", NULL}, {"mail", N_("Send a reminder"), NULL}, {"retry", N_("Try the stored card again"), NULL},
    {"task", N_("Ask the seller to call"), NULL}, {"block", N_("Block changes"), NULL}, {"close", N_("End the subscription"), NULL},
};

static const char *action_text(const char *action)
{
    for (size_t i = 1; i < COUNT_OF(action_option); i++)
        if (str_equal(action, action_option[i].value))
            return tr(action_option[i].label);
    return "";
}

static const char *days_text(struct arena *arena, int32_t days)
{
    char number[16];

    if (days == 0)
        return tr("On the due day");
    (void)snprintf(number, sizeof number, "%d", (int)days);
    return tr_fill(arena, tr_plural("{n} day later", "{n} days later", days), "n", number, NULL);
}

static const char *state_text(const char *state)
{
    static const struct {
        const char *state;
        const char *text;
    } name[] = {{"open", N_("Open")}, {"paid", N_("Paid")}, {"closed", N_("Subscription ended")}, {"done", N_("Unpaid, no step left")}, {"stopped", N_("Stopped")}};

    for (size_t i = 0; i < COUNT_OF(name); i++)
        if (str_equal(state, name[i].state))
            return tr(name[i].text);
    return state;
}

static const char *state_kind(const char *state)
{
    return str_equal(state, "paid") ? "ok" : str_equal(state, "open") ? "warn" : str_equal(state, "stopped") ? "neutral" : "bad";
}

static enum err add_cases(struct page *page, HDF *hdf, const char *list, bool open)
{
    struct dunning_row *rows;
    size_t count;

    TRY(page->ctx, dunning_list(page->ctx, open, CASES_MAX, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        const struct dunning_row *r = &rows[i];
        HDF *node = hdf_row(hdf, list, (int)i);

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/dunning/%s", r->invoice_number));
        hdf_text(node, "number", r->invoice_number);
        hdf_text(node, "customer", r->customer_name);
        hdf_text(node, "open", page_money(page, r->open_minor, r->currency));
        hdf_text(node, "due", page_date(page, r->due_on));
        hdf_text(node, "next", action_text(r->next_action));
        hdf_text(node, "on", page_date(page, open ? r->next_on : r->ended_on));
        hdf_text(node, "state.kind", state_kind(r->state));
        hdf_text(node, "state.label", state_text(r->state));
    }
    return OK;
}

enum err page_dunning(struct page *page)
{
    HDF *hdf = page_tree(page);

    admin_flash(page);
    TRY(page->ctx, add_cases(page, hdf, "Open", true));
    TRY(page->ctx, add_cases(page, hdf, "Ended", false));
    return page_show(page, 200, tr("Unpaid invoices"), "admin/dunning.cs");
}

/* ---- one case ---- */

struct stop_form {
    const char *reason;
};
static const struct field stop_field[] = {
    {.kind = FIELD_TEXT, .name = "reason", .label = N_("Why"), .required = true, .max = REASON_MAX, .missing = N_("Enter why nothing more is to be done"),
     .hint = N_("Such as: agreed to pay in two parts"), .offset = offsetof(struct stop_form, reason)},
};

static enum err find_case(struct page *page, struct invoice *invoice, struct dunning_case *c)
{
    enum err err = asked_by_ref(page->ctx, page->arg[0], invoice);

    return err == OK ? dunning_case_of(page->ctx, invoice->id, c) : err;
}

static void add_fact(HDF *hdf, int *row, const char *name, const char *value)
{
    HDF *node = hdf_row(hdf, "Facts.rows", (*row)++);

    hdf_text(node, "k", name);
    hdf_text(node, "v", value);
}

/* Of a step that is not behind the case. */
static const char *step_state(const struct dunning_facts *facts, const char *state, size_t at)
{
    if (!str_equal(state, "open"))
        return tr("Not taken");
    if (!dunning_step_applies(facts, at))
        return tr("Does not apply");
    return at == dunning_next_step(facts) ? tr("Next") : tr("Later");
}

static enum err fill_steps(struct page *page, HDF *hdf, const struct invoice *invoice, const struct dunning_case *c)
{
    struct dunning_facts facts = {.done = (size_t)c->steps_done, .due_on = c->due_on, .asked_on = invoice_is_claim(invoice) ? c->due_on : invoice->issued_on,
                                  .can_retry = c->can_retry, .can_close = c->subscription_id != 0};
    struct dunning_step *steps;
    size_t count;

    TRY(page->ctx, dunning_case_steps(page->ctx, c->rule_id, c->close_days, &steps, &count));
    facts.steps = steps;
    facts.count = count;
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Steps", (int)i);
        bool done = i < facts.done;
        bool next = str_equal(c->state, "open") && i == dunning_next_step(&facts);

        hdf_text(node, "text", action_text(dunning_action_name(steps[i].action)));
        hdf_text(node, "on", page_date(page, c->due_on + steps[i].offset_days));
        hdf_text(node, "after", days_text(page->ctx->arena, steps[i].offset_days));
        hdf_text(node, "state.kind", done ? "ok" : next ? "info" : "neutral");
        hdf_text(node, "state.label", done ? tr("Past") : step_state(&facts, c->state, i));
    }
    return OK;
}

static enum err show_case(struct page *page, const struct form *form, const struct invoice *invoice, const struct dunning_case *c)
{
    HDF *hdf = page_tree(page);
    struct receivable receivable;
    struct dunning_rule rule;
    struct customer customer;
    int row = 0;

    TRY(page->ctx, receivable_of(page->ctx, invoice->id, &receivable));
    TRY(page->ctx, dunning_rule_by_id(page->ctx, c->rule_id, &rule));
    TRY(page->ctx, customer_by_id(page->ctx, c->customer_id, &customer));
    view_form(page->ctx, hdf, form);
    hdf_text(hdf, "Case.number", invoice->number);
    hdf_text(hdf, "Case.state.kind", state_kind(c->state));
    hdf_text(hdf, "Case.state.label", state_text(c->state));
    hdf_flag(hdf, "Case.open", str_equal(c->state, "open"));
    hdf_text(hdf, "Case.stop", arena_printf(page->ctx->arena, "/admin/dunning/%s/stop", page->arg[0]));
    hdf_flag(hdf, "Case.claim", invoice_is_claim(invoice));
    hdf_text(hdf, "Case.invoice", arena_printf(page->ctx->arena, invoice_is_claim(invoice) ? "/admin/subscriptions/%s" : "/admin/invoices/%s", invoice->number));
    add_fact(hdf, &row, tr("Customer"), customer.name);
    add_fact(hdf, &row, tr("Still open"), page_money(page, receivable.open_minor, receivable.currency));
    add_fact(hdf, &row, tr("Counted from"), page_date(page, c->due_on));
    add_fact(hdf, &row, tr("Rule"), rule.name);
    if (c->close_days != CLOSE_BY_RULE)
        add_fact(hdf, &row, tr("Closing that was agreed"), c->close_days == CLOSE_NEVER ? tr("never by itself") : days_text(page->ctx->arena, c->close_days));
    add_fact(hdf, &row, tr("Stored card"), c->can_retry ? tr("may be tried again") : tr("is not tried again"));
    if (c->blocked)
        add_fact(hdf, &row, tr("Changes"), tr("blocked until it is paid"));
    if (c->stop_reason[0] != '\0')
        add_fact(hdf, &row, tr("Stopped because"), tr(c->stop_reason));
    TRY(page->ctx, fill_steps(page, hdf, invoice, c));
    TRY(page->ctx, admin_timeline(page, hdf, ABOUT_INVOICE, invoice->id));
    return page_show(page, form->error_count > 0 ? 422 : 200, tr_fill(page->ctx->arena, "Unpaid: {number}", "number", invoice->number, NULL),
                     "admin/dunning_case.cs");
}

enum err page_dunning_case(struct page *page)
{
    struct stop_form values = {.reason = ""};
    struct dunning_case c;
    struct invoice invoice;
    struct form form;
    enum err err = find_case(page, &invoice, &c);

    if (err != OK)
        return err;
    admin_flash(page);
    form_fill(&form, page->ctx, stop_field, COUNT_OF(stop_field), &values);
    return show_case(page, &form, &invoice, &c);
}

enum err page_dunning_stop_post(struct page *page)
{
    struct dunning_result result;
    struct dunning_case c;
    struct invoice invoice;
    struct stop_form v;
    struct form form;
    struct once once;
    enum err err = find_case(page, &invoice, &c);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, stop_field, &v))
        return OK;
    if (form.error_count > 0)
        return show_case(page, &form, &invoice, &c);
    once = admin_once(page, arena_printf(page->ctx->arena, "/admin/dunning/%s?did=saved", page->arg[0]));
    err = stop_case(page->ctx, invoice.id, v.reason, &once, &result);
    if (err != OK)
        return err;
    return result.stale ? page_error(page, 409, NULL) : page_see(page, "%s", result.url);
}

/* ---- rules ---- */

enum err page_dunning_rules(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct dunning_rule *rules;
    size_t count;

    admin_flash(page);
    TRY(page->ctx, dunning_rules(page->ctx, &rules, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Rows", (int)i);
        struct dunning_step *steps;
        size_t step_count;

        hdf_text(node, "href", arena_printf(page->ctx->arena, "/admin/dunning/rules/%lld", (long long)rules[i].id));
        hdf_text(node, "name", rules[i].name);
        hdf_flag(node, "standard", rules[i].standard);
        TRY(page->ctx, dunning_steps(page->ctx, rules[i].id, &steps, &step_count));
        for (size_t k = 0; k < step_count; k++)
            hdf_text(hdf_row(node, "steps", (int)k), "text",
                     page_pair(page, days_text(page->ctx->arena, steps[k].offset_days),
                                  action_text(dunning_action_name(steps[k].action))));
    }
    return page_show(page, 200, tr("Rules for unpaid invoices"), "admin/dunning_rules.cs");
}

struct step_form {
    int64_t days;
    const char *action;
};
struct rule_form {
    const char *name;
    int64_t grace;
    struct step_form *steps;
    size_t step_count;
};
static const struct field step_field[] = {
    {.kind = FIELD_INTEGER, .name = "days", .label = N_("Days after the due day"), .min = 0, .max = DUNNING_OFFSET_MAX, .offset = offsetof(struct step_form, days)},
    {.kind = FIELD_CHOICE, .name = "action", .label = N_("What is done"), .options = action_option, .option_count = COUNT_OF(action_option),
     .offset = offsetof(struct step_form, action)},
};
static const struct field rule_field[] = {
    {.kind = FIELD_TEXT, .name = "name", .label = N_("Name"), .required = true, .max = 100, .missing = N_("Enter the rule's name"),
     .offset = offsetof(struct rule_form, name)},
    {.kind = FIELD_INTEGER, .name = "grace", .label = N_("Days of grace"), .required = true, .min = 0, .max = 90,
     .hint = N_("After them the subscription is shown as past due."), .missing = N_("Enter a number of days"), .offset = offsetof(struct rule_form, grace)},
    {.kind = FIELD_GROUP, .name = "step", .offset = offsetof(struct rule_form, steps), .fields = step_field, .field_count = COUNT_OF(step_field),
     .record_bytes = sizeof(struct step_form), .count_offset = offsetof(struct rule_form, step_count), .records_max = DUNNING_STEPS_MAX},
};

static enum err find_rule(struct page *page, struct dunning_rule *rule, struct dunning_step **steps, size_t *count)
{
    *rule = (struct dunning_rule){.name = "", .grace_days = 3};
    *count = 0;
    if (page->arg[0] == NULL || page->arg[0][0] == '\0')
        return OK;
    TRY(page->ctx, dunning_rule_by_id(page->ctx, admin_id(page->arg[0]), rule));
    return dunning_steps(page->ctx, rule->id, steps, count);
}

static enum err show_rule(struct page *page, const struct form *form, const struct dunning_rule *rule)
{
    HDF *hdf = page_tree(page);

    view_form(page->ctx, hdf, form);
    hdf_text(hdf, "Action", rule->id == 0 ? "/admin/dunning/rules/new"
                                          : arena_printf(page->ctx->arena, "/admin/dunning/rules/%lld", (long long)rule->id));
    return page_show(page, form->error_count > 0 ? 422 : 200, rule->id == 0 ? tr("New rule") : tr("Edit rule"), "admin/dunning_rule.cs");
}

/* A blank step is empty, not day 0. */
static void blank_days(struct form *form, size_t from)
{
    for (size_t i = 0; i < form->typed.count; i++) {
        const char *name = form->typed.items[i].name;

        for (size_t k = from; k < from + BLANK_STEPS; k++)
            if (str_equal(name, arena_printf(form->ctx->arena, "step.%zu.days", k)))
                form->typed.items[i].value = "";
    }
}

enum err page_dunning_rule(struct page *page)
{
    struct rule_form values;
    struct dunning_rule rule;
    struct dunning_step *steps;
    struct form form;
    size_t count;
    enum err err = find_rule(page, &rule, &steps, &count);

    if (err != OK)
        return err;
    if (rule.replaced_by != 0)
        return page_see(page, "/admin/dunning/rules/%lld", (long long)rule.replaced_by);
    values = (struct rule_form){.name = rule.name, .grace = rule.grace_days};
    values.step_count = count + BLANK_STEPS < DUNNING_STEPS_MAX ? count + BLANK_STEPS : DUNNING_STEPS_MAX;
    values.steps = ARENA_ARRAY(page->ctx->arena, struct step_form, values.step_count);
    for (size_t i = 0; i < values.step_count; i++)
        values.steps[i] = i < count ? (struct step_form){steps[i].offset_days, dunning_action_name(steps[i].action)} : (struct step_form){0, ""};
    form_fill(&form, page->ctx, rule_field, COUNT_OF(rule_field), &values);
    blank_days(&form, count);
    return show_rule(page, &form, &rule);
}

/* The steps that were filled in; *row says in which line of the form each stands. */
static size_t read_steps(struct form *form, const struct rule_form *v, struct dunning_step *steps, size_t *row)
{
    size_t count = 0;

    for (size_t i = 0; i < v->step_count; i++) {
        const char *days = form_typed(form, arena_printf(form->ctx->arena, "step.%zu.days", i));
        bool has_days = days != NULL && str_trim(form->ctx->arena, days)[0] != '\0';
        bool has_action = !str_empty(v->steps[i].action);

        if (has_action && !has_days)
            form_error(form, arena_printf(form->ctx->arena, "step.%zu.days", i), tr("Enter the days after the due day"));
        if (has_days && !has_action)
            form_error(form, arena_printf(form->ctx->arena, "step.%zu.action", i), tr("Choose what is done"));
        if (!has_action)
            continue;
        row[count] = i;
        steps[count++] = (struct dunning_step){(int32_t)v->steps[i].days, dunning_action_from_name(v->steps[i].action)};
    }
    return count;
}

enum err page_dunning_rule_post(struct page *page)
{
    struct once once = admin_once(page, "/admin/dunning/rules?did=saved");
    struct dunning_step steps[DUNNING_STEPS_MAX], *old;
    size_t row[DUNNING_STEPS_MAX], count, wrong;
    enum dunning_refusal refusal;
    struct dunning_result result;
    struct dunning_rule rule;
    struct rule_form v;
    struct form form;
    enum err err = find_rule(page, &rule, &old, &count);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, rule_field, &v))
        return OK;
    count = read_steps(&form, &v, steps, row);
    refusal = form.error_count > 0 ? DUNNING_FINE : dunning_rule_check(steps, count, &wrong);
    if (refusal != DUNNING_FINE)
        form_error(&form, arena_printf(page->ctx->arena, "step.%zu.days", row[wrong]), tr(dunning_refusal_text(refusal)));
    if (form.error_count > 0)
        return show_rule(page, &form, &rule);
    rule.name = v.name;
    rule.grace_days = (int32_t)v.grace;
    err = change_dunning_rule(page->ctx, &rule, steps, count, &once, &result);
    if (err != OK)
        return err;
    if (result.stale)
        return page_error(page, 409, NULL);
    if (result.taken) {
        form_error(&form, "name", tr("Another rule has this name"));
        return show_rule(page, &form, &rule);
    }
    return page_see(page, "%s", result.url);
}
