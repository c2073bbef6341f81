#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "libs/ids/ids.h"
#include "libs/status/macros.h"
#include "services/alerts/app/alert_unit_of_work.h"
#include "services/alerts/app/alerts.h"
#include "services/alerts/domain/lifecycle.h"
#include "services/alerts/postgres/concern_rows.h"

namespace tonghu::alerts {
namespace {

constexpr char kWithdrawn[] = "一条提出关注的联系已被撤回，详见儿童时间线；请核实后再办结";
constexpr char kSaysLess[] = "一条提出关注的联系已更正，不再提出部分事项，详见儿童时间线";

// The id of the alert that a version of a contact raises.
std::string AlertOf(const ConcernRow& row) {
  const std::string again = row.version == 1 ? "" : absl::StrCat("/", row.version);
  return ids::DerivedBeside(row.contact_id, absl::StrCat("concern/", row.county, "/", row.contact_id, again));
}

// The concerns of a batch: contacts with concerns, and the alerts about their children.
class Concerns {
 public:
  Concerns(journal::ShardTransaction& transaction, const Context& context)
      : transaction_(transaction), ledger_(transaction, context) {}

  absl::Status Load(const std::vector<SaidConcern>& said) {
    std::vector<Key> contacts, children;
    PeopleNeeded needed;
    for (const SaidConcern& one : said) {
      contacts.push_back(one.row.key());
      if (!one.row.child_id.empty()) children.emplace_back(one.row.county, one.row.child_id);
      needed.Add(one.row.county, one.place, "");
    }
    ASSIGN_OR_RETURN(auto known, LoadConcerns(transaction_.db(), contacts));
    std::vector<Key> alerts;
    for (ConcernRow& row : known) {
      alerts.emplace_back(row.county, row.alert_id);
      Key contact = row.key();
      known_[std::move(contact)] = std::move(row);
    }
    RETURN_IF_ERROR(ledger_.Load(alerts));
    ASSIGN_OR_RETURN(auto unresolved, LoadUnresolvedAlerts(transaction_.db(), Kind::kConcern, children));
    for (Alert& alert : unresolved) {
      Key child(alert.county, alert.child_id);
      open_[std::move(child)] = &ledger_.Take(std::move(alert));
    }
    auto people = needed.Load(transaction_.db());
    if (people.ok()) people_ = *std::move(people);
    return people.status();
  }

  // Takes what a contact says by now. What is known of a later version already is passed over.
  absl::Status Take(SaidConcern said) {
    const auto known = known_.find(said.row.key());
    if (known == known_.end()) {
      // Of a contact without concerns nothing is kept.
      if (said.row.concerns == 0 || said.row.withdrawn) return absl::OkStatus();
      Count(said);
      return Keep(std::move(said.row));
    }
    const ConcernRow& before = known->second;
    if (before.version >= said.row.version) return absl::OkStatus();
    said.row.alert_id = before.alert_id;
    const bool less = (before.concerns & ~said.row.concerns) != 0;
    if (said.row.withdrawn) {
      // What was withdrawn stays legible as it was.
      said.row.concerns = before.concerns;
      RETURN_IF_ERROR(NoteIn(said.row, kWithdrawn));
    } else {
      if (less) RETURN_IF_ERROR(NoteIn(said.row, kSaysLess));
      if ((said.row.concerns & ~before.concerns) != 0) Count(said);
    }
    return Keep(std::move(said.row));
  }

  absl::Status Save() {
    std::vector<ConcernRow> rows;
    for (const Key& key : changed_) rows.push_back(known_.at(key));
    RETURN_IF_ERROR(StoreConcerns(transaction_.db(), rows));
    return ledger_.Save();
  }

 private:
  // The child's unresolved alert has one more, or a new alert is raised. Sets the row's alert_id.
  void Count(SaidConcern& said) {
    // An alert raised here is the open one for the child's next contact in the batch. An unsigned letter has
    // an alert of its own, about the school.
    Alert* unsigned_letter = nullptr;
    Alert*& alert =
        said.row.child_id.empty() ? unsigned_letter : open_[Key(said.row.county, said.row.child_id)];
    if (alert != nullptr) {
      Repeat(*alert, transaction_.now());
    } else {
      alert = &ledger_.Raise({.county = said.row.county,
                              .id = AlertOf(said.row),
                              .kind = Kind::kConcern,
                              .child_id = said.row.child_id,
                              .place = said.place},
                             people_);
    }
    said.row.alert_id = alert->id;
  }

  absl::Status NoteIn(const ConcernRow& row, std::string_view words) {
    Alert* alert = ledger_.Find({row.county, row.alert_id});
    return alert == nullptr ? absl::OkStatus() : Note(*alert, {}, words, transaction_.now());
  }

  absl::Status Keep(ConcernRow row) {
    Key key = row.key();
    changed_.insert(key);
    known_.insert_or_assign(std::move(key), std::move(row));
    return absl::OkStatus();
  }

  journal::ShardTransaction& transaction_;
  AlertUnitOfWork ledger_;
  ByKey<ConcernRow> known_;           // by contact
  absl::flat_hash_set<Key> changed_;  // contacts
  ByKey<Alert*> open_;                // by child: the unresolved concern alert
  People people_;
};

}  // namespace

absl::Status TakeConcerns(journal::ShardTransaction& transaction, const Context& context,
                          const std::vector<SaidConcern>& concerns) {
  if (concerns.empty()) return absl::OkStatus();
  Concerns batch(transaction, context);
  RETURN_IF_ERROR(batch.Load(concerns));
  for (const SaidConcern& one : concerns) {
    RETURN_IF_ERROR(batch.Take(one));
  }
  return batch.Save();
}

}  // namespace tonghu::alerts
