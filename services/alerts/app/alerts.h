// Use cases of alerts: missed duties raise and settle them, unanswered ones climb, people answer them. Each
// decides a batch in the given transaction.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/journal/shard_transaction.h"
#include "services/alerts/app/context.h"
#include "services/alerts/domain/alert.h"
#include "services/alerts/postgres/concern_rows.h"

namespace tonghu::alerts {

struct MissedDuty {
  std::string county, duty_id;
  int duty_kind = 0;  // tonghu.pairing.v1.DutyKind
  std::string child_id, helper_id;
  Place place;
  absl::CivilDay window_day, window_last_day;  // the first and the last day of the duty's window
  int64_t due_micros = 0;                      // the due time tells one miss of a duty from another,
  int reopened = 0;  // and so does how often a changed contact has turned the duty missed
};
// Raises one alert each time that a duty was missed, however often the event is consumed (I4). The people of
// the policy's first step are told at once.
absl::Status RaiseMissedDuties(journal::ShardTransaction& transaction, const Context& context,
                               const std::vector<MissedDuty>& duties);

struct LateDuty {
  std::string county, duty_id;
  int64_t due_micros = 0;
  int reopened = 0;               // both as of the missed duty
  bool happened_in_time = false;  // the contact was in time, only its report was late
  bool missed_no_more = false;    // a corrected contact shows that it was done in time
};
// Settles the alerts of duties that were done late, unless a person has settled them. A duty without an alert
// is passed over.
absl::Status SettleLateDuties(journal::ShardTransaction& transaction, const Context& context,
                              const std::vector<LateDuty>& duties);

// A missed duty that a closure has excused.
struct ExcusedDuty {
  std::string county, duty_id;
  int64_t due_micros = 0;
  int reopened = 0;  // both as of the missed duty
};
// Settles the alerts of missed duties that were excused, unless a person has settled them. Nobody is told
// further.
absl::Status SettleExcusedDuties(journal::ShardTransaction& transaction, const Context& context,
                                 const std::vector<ExcusedDuty>& duties);

// A contact that says that something has to be looked into, or was changed, and where the child was.
struct SaidConcern {
  ConcernRow row;  // the alert is not set
  Place place;
};
// Adds each contact with concerns to the child's unresolved concern alert, or raises one: once for a contact,
// however often the event is consumed. What a correction adds counts once more. A contact that is withdrawn,
// or says less than before, is noted in its alert, which stays as it is.
absl::Status TakeConcerns(journal::ShardTransaction& transaction, const Context& context,
                          const std::vector<SaidConcern>& concerns);

// A child's file that somebody has opened without a right to it.
struct BrokenGlass {
  std::string county, breaking_id, child_id;
  std::string words;  // who, until when and why; the alert's first note
};
// Raises one alert for each breaking, however often the event is consumed. The county office is told at once.
absl::Status RaiseBrokenGlass(journal::ShardTransaction& transaction, const Context& context,
                              const std::vector<BrokenGlass>& breakings);

// That a child lacks somebody who is responsible for longer than allowed, or no more.
struct Coverage {
  std::string county, child_id;
  Place place;
  absl::Time time;  // of the event
  bool covered = false;
  bool grown = false;  // more is lacking than was told before
  std::string words;   // what is lacking; empty when covered
};
// Raises an alert about a child unless one is unresolved, to which it adds what is new; settles it when the
// child is covered. In the order given.
absl::Status TakeCoverage(journal::ShardTransaction& transaction, const Context& context,
                          const std::vector<Coverage>& coverage);

// That a school lacks a term, or no more.
struct SaidTerm {
  std::string county;
  Place place;      // of the school
  absl::Time time;  // of the event
  bool known = false;
  absl::CivilDay first_day;  // the first day without a term; of no meaning when `known`
};
// Raises an alert about a school unless one is unresolved; settles it when the school lacks none. In the
// order given.
absl::Status TakeTerms(journal::ShardTransaction& transaction, const Context& context,
                       const std::vector<SaidTerm>& terms);

// Takes the next step of the alerts that are due, the longest due first: at most `limit`, and at most 5,000
// in a transaction. Gives how many climbed.
absl::StatusOr<int> ClimbDueAlerts(journal::ShardTransaction& transaction, const Context& context, int limit);

struct Answer {
  std::string county, alert_id, staff_id;
  enum class Kind { kAcknowledge, kResolve, kNote } kind = Kind::kAcknowledge;
  std::string words = {};  // the resolution or the note
  absl::StatusOr<Alert> alert =
      absl::UnknownError("undecided");  // set by AnswerAlerts: the alert afterwards, with all entries
};

// Acknowledges or resolves alerts, or notes something in them, in order. Refusals: ALERT_NOT_FOUND,
// STAFF_MEMBER_NOT_FOUND, ALREADY_RESOLVED (not for a note); ALREADY_ACKNOWLEDGED for an acknowledgement;
// TEXT_MISSING and TEXT_TOO_LONG for a resolution or a note.
absl::Status AnswerAlerts(journal::ShardTransaction& transaction, const Context& context,
                          absl::Span<Answer> answers);

}  // namespace tonghu::alerts
