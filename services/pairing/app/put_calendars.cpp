#include "absl/strings/str_cat.h"
#include "libs/calendar/calendar.h"
#include "libs/ids/names.h"
#include "libs/refusal/refusal.h"
#include "services/pairing/app/duties.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/events/said.h"
#include "services/pairing/postgres/queries.h"

namespace tonghu::pairing {
namespace {

absl::Status Malformed(std::string_view field, const absl::Status& cause) {
  // The library's sentences are Chinese: which day is wrong, and why.
  return refusal::Invalid("CALENDAR_MALFORMED", field,
                          "the calendar contradicts itself, or a day is not written YYYY-MM-DD",
                          absl::StrCat(cause.message(), "。请改正后重新提交，日期格式为 2026-09-01"));
}

absl::StatusOr<calendar::SchoolCalendar> Parse(const v1::SchoolCalendar& given) {
  auto first = calendar::ParseDay(given.first_day());
  if (!first.ok()) return Malformed("calendar.first_day", first.status());
  auto last = calendar::ParseDay(given.last_day());
  if (!last.ok()) return Malformed("calendar.last_day", last.status());
  std::vector<calendar::Holiday> holidays;
  for (int i = 0; i < given.holidays_size(); ++i) {
    auto day = calendar::ParseDay(given.holidays(i));
    if (!day.ok()) return Malformed(absl::StrCat("calendar.holidays[", i, "]"), day.status());
    holidays.push_back({*day, *day});
  }
  std::vector<absl::CivilDay> makeup;
  for (int i = 0; i < given.makeup_days_size(); ++i) {
    auto day = calendar::ParseDay(given.makeup_days(i));
    if (!day.ok()) return Malformed(absl::StrCat("calendar.makeup_days[", i, "]"), day.status());
    makeup.push_back(*day);
  }
  auto made = calendar::SchoolCalendar::Make({{*first, *last}}, std::move(holidays), std::move(makeup));
  if (!made.ok()) return Malformed("calendar", made.status());
  return made;
}

absl::StatusOr<v1::SchoolCalendar> PutOne(journal::ShardTransaction& transaction,
                                          const v1::PutSchoolCalendarRequest& request) {
  auto school = ids::ParseName(request.calendar().school(), "schools", "calendar.school");
  if (!school.ok()) return school.status();
  auto calendar = Parse(request.calendar());
  if (!calendar.ok()) return calendar.status();
  auto known = IsSchool(transaction.db(), *school);
  if (!known.ok()) return known.status();
  if (!*known) return UnknownSchool("calendar.school");
  if (absl::Status stored = PutCalendar(transaction.db(), *school, *calendar); !stored.ok()) return stored;
  absl::Status replanned = ReplanSchool(transaction.db(), school->county, school->id, transaction.now());
  if (!replanned.ok()) return replanned;
  SayCalendarPut(transaction, school->county, school->id, *calendar);
  return request.calendar();
}

absl::StatusOr<v1::TalkPolicy> PutOnePolicy(journal::ShardTransaction& transaction, const std::string& county,
                                            const v1::TalkPolicy& given) {
  TalkPolicy policy{0, absl::Seconds(given.report_grace().seconds()),
                    absl::Seconds(given.late_report_after().seconds())};
  if (absl::Status checked = CheckPolicy(policy); !checked.ok()) return checked;
  auto version = PutPolicy(transaction.db(), county, policy);
  if (!version.ok()) return version.status();
  policy.version = *version;
  return ToProto(county, policy);
}

}  // namespace

v1::TalkPolicy ToProto(const std::string& county, const TalkPolicy& policy) {
  v1::TalkPolicy proto;
  proto.set_parent(absl::StrCat("counties/", county));
  proto.set_version(policy.version);
  proto.mutable_report_grace()->set_seconds(absl::ToInt64Seconds(policy.report_grace));
  proto.mutable_late_report_after()->set_seconds(absl::ToInt64Seconds(policy.late_report_after));
  return proto;
}

absl::Status PutCalendars(journal::ShardTransaction& transaction, PutCalendarLane::Slots slots) {
  for (const auto& slot : slots) {
    auto result = PutOne(transaction, *slot.request);
    if (!result.ok() && !refusal::IsRefusal(result.status())) return result.status();
    *slot.reply = std::move(result);
  }
  return absl::OkStatus();
}

absl::Status PutPolicies(journal::ShardTransaction& transaction, PutPolicyLane::Slots slots) {
  for (const auto& slot : slots) {
    auto result = PutOnePolicy(transaction, *slot.county, slot.request->policy());
    if (!result.ok() && !refusal::IsRefusal(result.status())) return result.status();
    *slot.reply = std::move(result);
  }
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
