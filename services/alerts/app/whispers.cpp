#include "services/alerts/app/whispers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/ids/ids.h"
#include "libs/status/macros.h"
#include "services/alerts/app/alert_unit_of_work.h"
#include "services/alerts/domain/lifecycle.h"

namespace tonghu::alerts {
namespace {

constexpr char kReportedLate[] = "迟报：已按时开箱";
constexpr char kDoneLate[] = "已补办：已开箱或已回复";

Key AlertOf(const std::string& county, const std::string& matter_id) {
  return {county, ids::DerivedBeside(matter_id, absl::StrCat("whisper_missed/", county, "/", matter_id))};
}

}  // namespace

absl::Status RaiseMissedWhispers(journal::ShardTransaction& transaction, const Context& context,
                                 const std::vector<MissedWhisper>& missed) {
  if (missed.empty()) return absl::OkStatus();
  PeopleNeeded needed;
  for (const MissedWhisper& one : missed) needed.Add(one.county, one.place, one.keeper_id);
  ASSIGN_OR_RETURN(auto people, needed.Load(transaction.db()));
  AlertUnitOfWork ledger(transaction, context);
  for (const MissedWhisper& one : missed) {
    Key key = AlertOf(one.county, one.matter_id);
    if (ledger.Find(key) != nullptr) continue;  // the batch says it twice; what is stored Save leaves alone
    ledger.Raise({.county = one.county,
                  .id = std::move(key.second),
                  .kind = Kind::kWhisperOverdue,
                  .helper_id = one.keeper_id,
                  .day = one.day,
                  .last_day = one.last_day,
                  .place = one.place},
                 people);
  }
  return ledger.Save();
}

absl::Status SettleLateWhispers(journal::ShardTransaction& transaction, const Context& context,
                                const std::vector<LateWhisper>& late) {
  if (late.empty()) return absl::OkStatus();
  std::vector<Key> keys;
  for (const LateWhisper& one : late) keys.push_back(AlertOf(one.county, one.matter_id));
  AlertUnitOfWork ledger(transaction, context);
  RETURN_IF_ERROR(ledger.Load(keys));
  for (size_t i = 0; i < late.size(); ++i) {
    if (Alert* alert = ledger.Find(keys[i]))
      ResolveByFact(*alert, late[i].happened_in_time ? kReportedLate : kDoneLate, transaction.now());
  }
  return ledger.Save();
}

}  // namespace tonghu::alerts
