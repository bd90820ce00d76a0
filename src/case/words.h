/* case/words.h - dates and times as letters and pages say them. Pure. */
#ifndef MANDATE_CASE_WORDS_H
#define MANDATE_CASE_WORDS_H

#include "base/arena.h"
#include "base/lang.h"
#include "cal/calendar.h"
#include "cal/zone.h"

/* "2026年11月21日" / "21 November 2026". */
struct str words_date(struct arena *arena, struct cal_date date, enum lang lang);
/* "2026年11月21日（星期六）" / "Saturday 21 November 2026". */
struct str words_date_weekday(struct arena *arena, struct cal_date date, enum lang lang);
/* The same with the time of day, in the zone: "2026年11月21日 18:30" / "21 November 2026, 18:30".
 */
struct str words_moment(struct arena *arena, int64_t at_us, const struct cal_zone *zone,
                        enum lang lang);
/* "60日" / "60 days", "5个工作日" / "5 working days", "6个月" / "6 months". */
struct str words_term(struct arena *arena, struct cal_term term, enum lang lang);

#endif
