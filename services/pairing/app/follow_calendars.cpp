#include "services/pairing/app/follow_calendars.h"

#include <algorithm>
#include <vector>

#include "libs/status/macros.h"
#include "services/pairing/app/missing_terms.h"
#include "services/pairing/domain/duty_policies.h"
#include "services/pairing/events/publish.h"
#include "services/pairing/postgres/calendar_store.h"
#include "services/pairing/postgres/closure_store.h"

namespace tonghu::pairing {
namespace {

bool IsSame(const TermCalendar& a, const TermCalendar& b) {
  return a.term == b.term && a.origin == b.origin && a.calendar.ToText() == b.calendar.ToText();
}

bool Contains(const std::vector<TermCalendar>& calendars, const TermCalendar& one) {
  return std::any_of(calendars.begin(), calendars.end(),
                     [&one](const TermCalendar& other) { return IsSame(one, other); });
}

// Compares the shard's next school, if any. Gives how many.
absl::StatusOr<int> FollowNext(journal::ShardTransaction& transaction, int limit) {
  ASSIGN_OR_RETURN(const auto followers, LoadFollowers(transaction.db(), transaction.shard(), 1));
  for (const Follower& follower : followers) {
    ASSIGN_OR_RETURN(const bool changed, Inherit(transaction, follower.school));
    if (changed) RETURN_IF_ERROR(ReplanSchool(transaction, follower.school, follower.since).status());
    RETURN_IF_ERROR(EndLook(transaction.db(), follower));
  }
  return static_cast<int>(followers.size());
}

}  // namespace

absl::StatusOr<std::vector<TermCalendar>> LoadGeneral(postgres::Connection& db, const std::string& county) {
  ASSIGN_OR_RETURN(auto of_county, ReadCountyCalendars(db, county));
  if (county == kOfProvince) return of_county;
  ASSIGN_OR_RETURN(const auto of_province, ReadCountyCalendars(db, kOfProvince));
  for (TermCalendar& one : Beside(of_county, of_province)) of_county.push_back(std::move(one));
  return of_county;
}

absl::Status PublishCalendar(journal::ShardTransaction& transaction, const ids::Name& school,
                             const TermCalendar& calendar) {
  // Alerts learns from the event on which mornings a school reports attendance.
  ASSIGN_OR_RETURN(const auto closures, LoadClosuresOf(transaction.db(), school, TermDays(calendar).first));
  PublishCalendarPut(transaction, school.county, school.id, calendar.term, &calendar.calendar, closures);
  return absl::OkStatus();
}

absl::StatusOr<Replanned> ReplanSchool(journal::ShardTransaction& transaction, const ids::Name& school,
                                       absl::Time since) {
  ASSIGN_OR_RETURN(auto pairings,
                   LoadPairingsOfSchool(transaction.db(), school.county, school.id, transaction.now()));
  ASSIGN_OR_RETURN(const auto replanned, Replan(transaction, pairings, since));
  RETURN_IF_ERROR(CheckTerms(transaction, school.county, school.id));
  return replanned;
}

absl::StatusOr<bool> Inherit(journal::ShardTransaction& transaction, const ids::Name& school) {
  ASSIGN_OR_RETURN(const auto known, ReadCalendars(transaction.db(), school));
  ASSIGN_OR_RETURN(const auto general, LoadGeneral(transaction.db(), school.county));
  std::vector<TermCalendar> own, inherited;
  for (const TermCalendar& one : known)
    (one.origin == CalendarOrigin::kSchool ? own : inherited).push_back(one);
  const std::vector<TermCalendar> wanted = Beside(own, general);
  bool changed = false;
  for (const TermCalendar& one : inherited) {
    if (std::any_of(wanted.begin(), wanted.end(),
                    [&one](const TermCalendar& other) { return other.term == one.term; }))
      continue;
    RETURN_IF_ERROR(DeleteCalendar(transaction.db(), school, one.term).status());
    // Without days: the term is withdrawn.
    PublishCalendarPut(transaction, school.county, school.id, one.term, nullptr, {});
    changed = true;
  }
  for (const TermCalendar& one : wanted) {
    if (Contains(inherited, one)) continue;
    RETURN_IF_ERROR(PutCalendar(transaction.db(), school, one));
    RETURN_IF_ERROR(PublishCalendar(transaction, school, one));
    changed = true;
  }
  return changed;
}

journal::Sweep FollowCalendars() {
  return {.name = "following calendars", .next_sql = kNextFollower, .fire = FollowNext, .bulk = true};
}

}  // namespace tonghu::pairing
