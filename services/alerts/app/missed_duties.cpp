#include <string>

#include "absl/strings/str_cat.h"
#include "libs/ids/ids.h"
#include "libs/status/macros.h"
#include "services/alerts/app/alert_unit_of_work.h"
#include "services/alerts/app/alerts.h"
#include "services/alerts/domain/lifecycle.h"

namespace tonghu::alerts {
namespace {

constexpr char kReportedLate[] = "迟报：已按时完成";
constexpr char kMadeUp[] = "已补做";
constexpr char kExcused[] = "停课：任务已免除";

constexpr char kCorrected[] = "更正：已按时完成";

// The key of a duty's alert. Due time and the number of changed contacts tell one miss of a duty from
// another: however often the event of a miss is consumed, there is one alert (I4).
template <class Duty>
Key AlertOf(const Duty& duty) {
  const std::string again = duty.reopened == 0 ? "" : absl::StrCat("/", duty.reopened);
  return {duty.county,
          ids::DerivedBeside(duty.duty_id, absl::StrCat("duty_missed/", duty.county, "/", duty.duty_id, "/",
                                                        duty.due_micros, again))};
}

const char* Resolution(const LateDuty& duty) {
  if (duty.missed_no_more) return kCorrected;
  return duty.happened_in_time ? kReportedLate : kMadeUp;
}

// Settles the alerts by what `fact` says of each duty.
template <class Duties, class Fact>
absl::Status Settle(journal::ShardTransaction& transaction, const Context& context, const Duties& duties,
                    Fact fact) {
  if (duties.empty()) return absl::OkStatus();
  std::vector<Key> keys;
  for (const auto& duty : duties) keys.push_back(AlertOf(duty));
  AlertUnitOfWork ledger(transaction, context);
  RETURN_IF_ERROR(ledger.Load(keys));
  for (size_t i = 0; i < duties.size(); ++i) {
    // Both events are the child's and so came in order (I3). Where the missed duty waits in quarantine, this
    // event waits behind it.
    if (Alert* alert = ledger.Find(keys[i])) ResolveByFact(*alert, fact(duties[i]), transaction.now());
  }
  return ledger.Save();
}

}  // namespace

absl::Status RaiseMissedDuties(journal::ShardTransaction& transaction, const Context& context,
                               const std::vector<MissedDuty>& duties) {
  if (duties.empty()) return absl::OkStatus();
  PeopleNeeded needed;
  for (const MissedDuty& duty : duties) needed.Add(duty.county, duty.place, duty.helper_id);
  ASSIGN_OR_RETURN(auto people, needed.Load(transaction.db()));
  AlertUnitOfWork ledger(transaction, context);
  for (const MissedDuty& duty : duties) {
    Key key = AlertOf(duty);
    if (ledger.Find(key) != nullptr) continue;  // the batch says it twice; what is stored Save leaves alone
    ledger.Raise({.county = duty.county,
                  .id = std::move(key.second),
                  .kind = Kind::kDutyMissed,
                  .child_id = duty.child_id,
                  .helper_id = duty.helper_id,
                  .duty_id = duty.duty_id,
                  .duty_kind = duty.duty_kind,
                  .day = duty.window_day,
                  .last_day = duty.window_last_day,
                  .place = duty.place},
                 people);
  }
  // Alerts, messages and events are one transaction with the consumer's cursor: after a crash all of it is
  // there, or the events come again (I2, I4).
  return ledger.Save();
}

absl::Status SettleLateDuties(journal::ShardTransaction& transaction, const Context& context,
                              const std::vector<LateDuty>& duties) {
  return Settle(transaction, context, duties, Resolution);
}

absl::Status SettleExcusedDuties(journal::ShardTransaction& transaction, const Context& context,
                                 const std::vector<ExcusedDuty>& duties) {
  return Settle(transaction, context, duties, [](const ExcusedDuty&) { return kExcused; });
}

}  // namespace tonghu::alerts
