/* zone: the civil day of an instant in an IANA time zone.
 *
 * Reads the compiled zone once (TZif version 2 or later, with its POSIX footer for years beyond the
 * table): libc's own tzset is global to the process, and tenants differ. This is the only file of
 * core/ that reads anything. */
#include "core/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

enum { ZONES_MAX = 32, NAME_BYTES = 64, FILE_BYTES_MAX = 64 * 1024, CHANGES_MAX = 2000 };

struct rule {
    int month, week, weekday; /* Mm.w.d */
    int64_t second;           /* of the day, local time before the change */
};

struct zone {
    char name[NAME_BYTES];
    size_t changes;
    int64_t at[CHANGES_MAX];
    int32_t offset[CHANGES_MAX];
    int32_t first_offset;
    bool footer_dst;
    int32_t footer_standard, footer_summer;
    struct rule begin, end;
};

static struct zone *zones[ZONES_MAX];
static size_t zone_count;

static int64_t big_endian(const unsigned char *p, int bytes)
{
    uint64_t value = (p[0] & 0x80) != 0 ? UINT64_MAX : 0;

    for (; bytes > 0; bytes--)
        value = value << 8 | *p++;
    return (int64_t)value;
}

/* "-3", "5:30" in POSIX sense (west positive); gives seconds east. */
static const char *read_offset(const char *p, int32_t *offset)
{
    int sign = *p == '-' ? 1 : -1;
    char *end;
    long hours;
    long minutes = 0;

    if (*p == '-' || *p == '+')
        p++;
    hours = strtol(p, &end, 10);
    if (*end == ':')
        minutes = strtol(end + 1, &end, 10);
    *offset = (int32_t)(sign * (hours * 3600 + minutes * 60));
    return end;
}

static const char *skip_name(const char *p)
{
    if (*p == '<')
        return strchr(p, '>') != NULL ? strchr(p, '>') + 1 : p + strlen(p);
    return p + strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

static const char *read_rule(const char *p, struct rule *rule)
{
    int used = 0;

    if (sscanf(p, ",M%2d.%1d.%1d%n", &rule->month, &rule->week, &rule->weekday, &used) != 3)
        return NULL;
    p += used;
    rule->second = 2 * 3600;
    if (*p == '/') {
        int32_t east;

        p = read_offset(p + 1, &east);
        rule->second = -east;
    }
    return p;
}

static void read_footer(struct zone *zone, const char *text)
{
    const char *p = read_offset(skip_name(text), &zone->footer_standard);

    zone->footer_dst = false;
    if (*p == '\0')
        return;
    p = skip_name(p);
    zone->footer_summer = zone->footer_standard + 3600;
    if (*p != ',' && *p != '\0')
        p = read_offset(p, &zone->footer_summer);
    p = read_rule(p, &zone->begin);
    zone->footer_dst = p != NULL && read_rule(p, &zone->end) != NULL;
}

static bool read_zone(struct zone *zone, const unsigned char *data, size_t bytes)
{
    const unsigned char *head = data;
    const unsigned char *p;
    const unsigned char *type;
    int64_t isut, isstd, leap, times, types, chars;
    int pass;
    char footer[128] = "";

    for (pass = 0;; pass++) {
        size_t width = pass == 0 ? 4 : 8;
        size_t left = bytes - (size_t)(head - data);

        if (left < 44 || memcmp(head, "TZif", 4) != 0 || head[4] < '2')
            return false;
        isut = big_endian(head + 20, 4);
        isstd = big_endian(head + 24, 4);
        leap = big_endian(head + 28, 4);
        times = big_endian(head + 32, 4);
        types = big_endian(head + 36, 4);
        chars = big_endian(head + 40, 4);
        if (times < 0 || times > CHANGES_MAX || types < 1 || types > 256)
            return false;
        p = head + 44;
        head = p + (size_t)times * width + (size_t)times + (size_t)types * 6 + (size_t)chars +
               (size_t)leap * (width + 4) + (size_t)isstd + (size_t)isut;
        if ((size_t)(head - data) > bytes)
            return false;
        if (pass == 1)
            break;
    }
    type = p + (size_t)times * 9;
    zone->changes = (size_t)times;
    zone->first_offset = (int32_t)big_endian(type, 4);
    for (size_t i = 0; i < zone->changes; i++) {
        zone->at[i] = big_endian(p + i * 8, 8);
        zone->offset[i] = (int32_t)big_endian(type + (size_t)p[(size_t)times * 8 + i] * 6, 4);
    }
    if (*head == '\n') {
        const unsigned char *end = memchr(head + 1, '\n', bytes - (size_t)(head + 1 - data));

        if (end != NULL && (size_t)(end - head) < sizeof footer)
            memcpy(footer, head + 1, (size_t)(end - head - 1));
    }
    read_footer(zone, footer);
    return true;
}

static struct zone *find_zone(const char *name)
{
    static unsigned char data[FILE_BYTES_MAX];
    char path[128];
    struct zone *zone;
    FILE *file;
    size_t bytes;
    size_t i;

    for (i = 0; i < zone_count; i++)
        if (strcmp(zones[i]->name, name) == 0)
            return zones[i];
    if (zone_count == ZONES_MAX || strlen(name) >= NAME_BYTES || strstr(name, "..") != NULL || name[0] == '/')
        return NULL;
    (void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    file = fopen(path, "re");
    if (file == NULL)
        return NULL;
    bytes = fread(data, 1, sizeof data, file);
    (void)fclose(file);
    zone = calloc(1, sizeof *zone);
    CHECK(zone != NULL);
    (void)snprintf(zone->name, sizeof zone->name, "%s", name);
    if (!read_zone(zone, data, bytes)) {
        free(zone);
        return NULL;
    }
    zones[zone_count++] = zone;
    return zone;
}

/* The day of a rule in a year: week 5 is the last such weekday of the month. */
static int32_t rule_day(const struct rule *rule, int year)
{
    int32_t first = date_from_civil(year, rule->month, 1);
    int32_t day = first + (rule->weekday - date_weekday(first) % 7 + 7) % 7 + (rule->week - 1) * 7;

    while (day >= first + date_days_in_month(year, rule->month))
        day -= 7;
    return day;
}

static int32_t offset_at(const struct zone *zone, int64_t second)
{
    size_t low = 0;
    size_t high = zone->changes;

    if (zone->changes > 0 && second >= zone->at[zone->changes - 1] && zone->footer_dst) {
        int year = date_civil((int32_t)(second / 86400)).year;
        int64_t begin = (int64_t)rule_day(&zone->begin, year) * 86400 + zone->begin.second - zone->footer_standard;
        int64_t end = (int64_t)rule_day(&zone->end, year) * 86400 + zone->end.second - zone->footer_summer;
        bool summer = begin < end ? second >= begin && second < end : second >= begin || second < end;

        return summer ? zone->footer_summer : zone->footer_standard;
    }
    while (low < high) {
        size_t middle = (low + high) / 2;

        if (zone->at[middle] <= second)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? (zone->changes == 0 ? zone->footer_standard : zone->first_offset) : zone->offset[low - 1];
}

bool date_of_instant(int64_t at, const char *time_zone, int32_t *on)
{
    const struct zone *zone = find_zone(time_zone);
    int64_t second = at / 1000000;

    if (zone == NULL || at < 0)
        return false;
    *on = (int32_t)((second + offset_at(zone, second)) / 86400);
    return true;
}

bool date_local_time(int64_t at, const char *time_zone, int32_t *on, int *minute)
{
    const struct zone *zone = find_zone(time_zone);
    int64_t local;

    if (zone == NULL || at < 0)
        return false;
    local = at / 1000000 + offset_at(zone, at / 1000000);
    *on = (int32_t)(local / 86400);
    *minute = (int)(local % 86400 / 60);
    return true;
}
