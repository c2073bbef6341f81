#include "services/alerts/app/notice_operators.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/ids/ids.h"
#include "libs/status/macros.h"
#include "services/alerts/app/alert_unit_of_work.h"
#include "services/alerts/domain/lifecycle.h"
#include "services/alerts/postgres/operator_rows.h"

namespace tonghu::alerts {
namespace {

// The subject of a notice: notices of the same subject belong to one alert.
std::string SubjectOf(const journal::OperatorNotice& notice) {
  // A clock is a replica's, an event that waits holds up all that comes behind it from its producer, and a
  // quarantine is of one key.
  switch (notice.matter()) {
    case journal::v1::OPERATOR_MATTER_CLOCK:
      return absl::StrCat("clock/", notice.replica());
    case journal::v1::OPERATOR_MATTER_EVENT_WAITS:
      return absl::StrCat("waits/", notice.service(), "/", notice.producer());
    default:
      return absl::StrCat("quarantine/", notice.service(), "/", notice.key());
  }
}

// The resolution of an alert whose matter is over.
const char* OverBy(const journal::OperatorNotice& notice) {
  switch (notice.matter()) {
    case journal::v1::OPERATOR_MATTER_CLOCK:
      return "时钟已恢复一致";
    case journal::v1::OPERATOR_MATTER_EVENT_WAITS:
      return "等待的事件已处理";
    default:
      return "隔离的事件已全部处理";
  }
}

// What the notices find: unresolved alerts by subject, and the people whom new ones tell.
struct Found {
  ByKey<std::string> open;
  People people;
};

// Loads what the notices find, and the alerts of open cases into the unit of work.
absl::StatusOr<Found> Load(postgres::Connection& db, const std::vector<Notice>& notices,
                           AlertUnitOfWork& ledger) {
  std::vector<Key> subjects, alerts;
  PeopleNeeded needed;
  for (const Notice& one : notices) {
    subjects.emplace_back(one.county, SubjectOf(one.notice));
    needed.Add(one.county, {}, "");
  }
  ASSIGN_OR_RETURN(auto open, LoadOpenCases(db, subjects));
  ASSIGN_OR_RETURN(auto people, needed.Load(db));
  Found found{.people = std::move(people)};
  for (const OperatorCase& one : open) {
    alerts.emplace_back(one.county, one.alert_id);
    found.open.emplace(Key(one.county, one.subject), one.alert_id);
  }
  RETURN_IF_ERROR(ledger.Load(alerts));
  return found;
}

}  // namespace

absl::Status NoticeOperators(journal::ShardTransaction& transaction, const Context& context,
                             const std::vector<Notice>& notices) {
  if (notices.empty()) return absl::OkStatus();
  AlertUnitOfWork ledger(transaction, context);
  ASSIGN_OR_RETURN(auto found, Load(transaction.db(), notices, ledger));
  std::vector<OperatorCase> cases;
  std::vector<Key> again;
  const absl::Time now = transaction.now();
  for (const auto& [county, notice] : notices) {
    const Key subject(county, SubjectOf(notice));
    const auto open = found.open.find(subject);
    if (notice.over()) {
      if (open == found.open.end()) continue;
      // The alert is there: Load took in the alerts of all open cases.
      ResolveByFact(*ledger.Find({county, open->second}), OverBy(notice), now);
      found.open.erase(open);
    } else if (open != found.open.end()) {
      // One open alert a subject: an operator who was told once need not be told with every event.
      again.emplace_back(county, open->second);
    } else {
      const Alert& alert = ledger.Raise(
          {.county = county, .id = context.ids.Next(now), .kind = Kind::kOperator}, found.people);
      cases.push_back({county, alert.id, subject.second, notice.SerializeAsString()});
      found.open.emplace(subject, alert.id);  // for later notices of the batch
    }
  }
  absl::Status stored = InsertCases(transaction.db(), cases);
  if (stored.ok()) stored = CountAgain(transaction.db(), again);
  return stored.ok() ? ledger.Save() : stored;
}

journal::Notify Noticing(const Context& context) {
  // The notice becomes an alert in the transaction that writes it, without a way over the bus.
  return [&context](journal::ShardTransaction& transaction, const std::string& county,
                    const journal::OperatorNotice& notice) {
    return NoticeOperators(transaction, context, {{county, notice}});
  };
}

}  // namespace tonghu::alerts
