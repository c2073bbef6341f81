#include "services/pairing/app/duty_unit_of_work.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "libs/status/macros.h"
#include "services/pairing/events/publish.h"
#include "services/pairing/postgres/policy_store.h"

namespace tonghu::pairing {

std::vector<DutyChange> SettleContact(ChildFacts& facts, size_t contact, const VersionsOf& versions) {
  const std::vector<Duty> before = facts.duties;
  std::vector<DutyChange> changes;
  for (const size_t i : SettleAll(facts, contact, versions))
    changes.push_back({DutyBefore(before[i]), facts.duties[i]});
  return changes;
}

namespace {

// The last state of each duty: a statement may update a row once only.
std::vector<Duty> AtLast(std::vector<Duty> changed) {
  std::vector<Duty> last;
  absl::flat_hash_set<std::string> seen;
  for (auto duty = changed.rbegin(); duty != changed.rend(); ++duty) {
    // From the back, so that the newest state of a duty is the one kept.
    if (seen.insert(duty->duty_id).second) last.push_back(std::move(*duty));
  }
  return last;
}

}  // namespace

void DutyUnitOfWork::Add(const ChildState& child, std::vector<DutyChange> changes, bool plain) {
  for (auto& [before, after] : changes) {
    if (!plain) {
      moved_.Add(child.county, after.duty_id, before.contact_id, after.contact_id);
      PublishDutyClosed(transaction_, child.county, before, after, child.place);
    }
    closed_.push_back(std::move(after));
  }
}

absl::Status DutyUnitOfWork::Save(absl::Span<ContactRow> contacts) {
  if (moved_.empty()) {  // every change was plain: no duty changed twice, no contact moved
    RETURN_IF_ERROR(InsertContacts(transaction_.db(), contacts));
    return CloseDuties(transaction_.db(), closed_);
  }
  // New contacts are stored with the duties that they close; only contacts of earlier transactions are
  // updated.
  for (ContactRow& contact : contacts) moved_.TakeInto(contact);
  RETURN_IF_ERROR(InsertContacts(transaction_.db(), contacts));
  RETURN_IF_ERROR(moved_.Save(transaction_.db()));
  return CloseDuties(transaction_.db(), AtLast(std::move(closed_)));
}

absl::Status SettleBegun(journal::ShardTransaction& transaction, absl::Span<const postgres::Key> children,
                         absl::Time since) {
  if (children.empty()) return absl::OkStatus();
  std::vector<std::string> counties;
  for (const postgres::Key& child : children) counties.push_back(child.first);
  ASSIGN_OR_RETURN(auto policies, LoadPolicies(transaction.db(), counties));
  absl::Duration longest;
  for (const std::string& county : counties) {
    for (const DutyRule& rule : DutyRules())
      longest = std::max(longest, policies.LongestWindow(county, rule.kind));
  }
  ASSIGN_OR_RETURN(auto states,
                   LoadAllFacts(transaction.db(), children, since - ReachOfAll(longest), transaction.now()));
  DutyUnitOfWork duties(transaction);
  for (auto& [key, child] : states) {
    const VersionsOf versions = [&](DutyKind kind) { return policies.Of(child.county, kind); };
    // A contact that closes a duty of a kind has its place already; only others look for one among the duties
    // just made.
    for (size_t i = 0; i < child.facts.contacts.size(); ++i) {
      if (child.facts.contacts[i].happen_time >= since)
        duties.Add(child, SettleContact(child.facts, i, versions), false);
    }
  }
  return duties.Save({});
}

}  // namespace tonghu::pairing
