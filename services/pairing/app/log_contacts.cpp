#include "services/pairing/app/log_contacts.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/names.h"
#include "services/pairing/app/duty_unit_of_work.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/events/publish.h"

namespace tonghu::pairing {
namespace {

// A command in this service's terms.
struct Parsed {
  std::string county;
  Contact contact;
};

absl::StatusOr<Parsed> Parse(const std::string& county, const v1::CreateContactRequest& request) {
  auto child = ids::ParseName(request.contact().child(), "children", "contact.child");
  if (!child.ok()) return child.status();
  auto helper = ids::ParseName(request.contact().helper(), "staffMembers", "contact.helper");
  if (!helper.ok()) return helper.status();
  if (child->county != county || helper->county != county) return OtherCounty("contact.child");
  Parsed parsed{county,
                {child->id, helper->id, static_cast<ContactKind>(request.contact().kind()),
                 absl::InfinitePast(), request.contact().note()}};
  if (request.contact().has_happen_time())
    parsed.contact.happen_time = clock::ToTime(request.contact().happen_time());
  return parsed;
}

// What a contact does.
struct Decided {
  ContactRow row;
  ChildState* child = nullptr;  // nullptr: refused
  std::vector<DutyChange> changes;
};

// `row` is of a kind that fulfils a kind of duty.
LoggedContact LoggedOf(const ContactRow& row) {
  return {row.contact_id, row.helper_id, row.happen_time, row.report_time, *FulfilledBy(row.kind)};
}

v1::Contact Reply(const ContactRow& row, const v1::Contact& request) {
  v1::Contact reply = request;
  reply.set_name(absl::StrCat("counties/", row.county, "/contacts/", row.contact_id));
  clock::SetTime(row.report_time, reply.mutable_report_time());
  reply.set_closed_duty(row.closed_duty_id.empty()
                            ? ""
                            : absl::StrCat("counties/", row.county, "/duties/", row.closed_duty_id));
  return reply;
}

// One batch under decision: nearly all contacts close a duty of their window or none. Only children where
// a contact may move others have all their duties and contacts loaded.
class Batch {
 public:
  Batch(journal::ShardTransaction& transaction, ids::Source& ids) : transaction_(transaction), ids_(ids) {}

  // Of most contacts the duties of their window say enough; the others' children are loaded with all that
  // counts.
  absl::Status Load(absl::Span<const Parsed> contacts) {
    std::vector<ContactKey> fulfilling, others;
    std::vector<const Parsed*> parsed;
    for (const Parsed& one : contacts) {
      const bool fulfils = FulfilledBy(one.contact.kind).has_value() && HappenedInReach(one.contact);
      (fulfils ? fulfilling : others).push_back(KeyOf(one));
      if (fulfils) parsed.push_back(&one);
    }
    auto windows = LoadWindows(transaction_.db(), transaction_.shard(), fulfilling);
    if (!windows.ok()) return windows.status();
    policies_ = std::move(windows->policies);
    for (size_t i = 0; i < fulfilling.size(); ++i) {
      if (SaysEnough(windows->children[i].facts, parsed[i]->contact)) {
        children_.emplace(ChildKey(fulfilling[i].county, fulfilling[i].child_id),
                          std::move(windows->children[i]));
      } else {
        others.push_back(std::move(fulfilling[i]));
      }
    }
    if (others.empty()) return absl::OkStatus();
    auto all = LoadContactContext(transaction_.db(), others, transaction_.now());
    if (!all.ok()) return all.status();
    for (auto& [key, child] : *all) children_.insert_or_assign(key, std::move(child));
    return absl::OkStatus();
  }

  // Errors: refusals.
  absl::Status Take(const Parsed& parsed) {
    const auto child = children_.find(ChildKey(parsed.county, parsed.contact.child_id));
    if (child == children_.end()) return UnknownChild("contact.child");
    const absl::Time now = transaction_.now();
    absl::Status checked = CheckContact(parsed.contact, child->second.facts.spans, now);
    if (!checked.ok()) return checked;
    const Contact& contact = parsed.contact;
    taken_.push_back({{parsed.county, ids_.Next(now), contact.child_id, contact.helper_id, contact.kind,
                       contact.happen_time, now, contact.note, ""},
                      &child->second,
                      {}});
    if (FulfilledBy(contact.kind).has_value()) CloseDirect(taken_.back());
    return absl::OkStatus();
  }

  absl::Status SettleTheRest() {
    std::vector<postgres::Key> children;
    absl::Time first = absl::InfiniteFuture();
    for (const Decided& one : taken_) {
      if (ask_all_.contains(one.child)) first = std::min(first, one.row.happen_time);
    }
    for (const ChildState* child : ask_all_) children.emplace_back(child->county, child->child_id);
    if (children.empty()) return absl::OkStatus();
    auto all = LoadAllFacts(transaction_.db(), children, first - kReach, transaction_.now());
    if (!all.ok()) return all.status();
    for (Decided& one : taken_) {
      if (!ask_all_.contains(one.child) || !FulfilledBy(one.row.kind).has_value()) continue;
      ChildFacts& facts = all->at(ChildKey(one.row.county, one.row.child_id)).facts;
      facts.contacts.push_back(LoggedOf(one.row));
      const DutyPolicy& policy = policies_.Of(one.row.county, facts.contacts.back().fulfils);
      one.changes = SettleContact(facts, facts.contacts.size() - 1, policy);
    }
    return absl::OkStatus();
  }

  // Says everything, in order. Gives the contacts as decided.
  absl::StatusOr<std::vector<ContactRow>> Save() {
    DutyUnitOfWork ledger(transaction_);
    std::vector<ContactRow> rows;
    for (Decided& one : taken_) {
      const DutyChange* own = nullptr;
      for (const DutyChange& change : one.changes) {
        if (change.after.contact_id == one.row.contact_id) own = &change;
      }
      if (own != nullptr) one.row.closed_duty_id = own->after.duty_id;
      const bool plain =
          own != nullptr && own->before.state == DutyState::kOpen && own->after.state == DutyState::kDone;
      PublishContactLogged(transaction_, one.row, plain ? &own->after : nullptr, one.child->place);
      ledger.Add(*one.child, one.changes, plain ? own->after.duty_id : "");
      rows.push_back(one.row);
    }
    if (absl::Status saved = ledger.Save(rows); !saved.ok()) return saved;
    return rows;
  }

  bool empty() const { return taken_.empty(); }

 private:
  void CloseDirect(Decided& one) {
    ChildFacts& facts = one.child->facts;
    if (ask_all_.contains(one.child)) return;
    const LoggedContact contact = LoggedOf(one.row);
    const Direct direct = CloseDirectly(facts, contact);
    if (direct.kind == Direct::Kind::kAskAll) {
      ask_all_.insert(one.child);
    } else if (direct.kind == Direct::Kind::kCloses) {
      Duty& duty = facts.duties[direct.duty];
      Duty before = duty;
      duty = ClosedBy(std::move(duty), contact, policies_.Of(one.row.county, duty.kind));
      one.changes = {{std::move(before), duty}};
    }
  }

  static ContactKey KeyOf(const Parsed& one) {
    return {one.county, one.contact.child_id, one.contact.happen_time, one.contact.kind};
  }
  bool HappenedInReach(const Contact& contact) const {
    return transaction_.now() - kOldestContact <= contact.happen_time &&
           contact.happen_time <= transaction_.now() + kClockTolerance;
  }
  // Whether all facts would close the same duty: spans of pairings that owe a duty are known with it, and a
  // duty of the contact's own window goes before any other.
  bool SaysEnough(const ChildFacts& facts, const Contact& contact) const {
    return CheckContact(contact, facts.spans, transaction_.now()).ok() &&
           CloseDirectly(facts, {"", contact.helper_id, contact.happen_time, transaction_.now(),
                                 *FulfilledBy(contact.kind)})
                   .kind == Direct::Kind::kCloses;
  }

  journal::ShardTransaction& transaction_;
  ids::Source& ids_;
  ChildStates children_;
  Policies policies_;
  std::vector<Decided> taken_;
  absl::flat_hash_set<ChildState*> ask_all_;
};

}  // namespace

absl::Status LogContacts::operator()(journal::ShardTransaction& transaction,
                                     ContactCommandHandler::Commands commands) const {
  std::vector<Parsed> parsed;
  std::vector<size_t> open, taken;  // commands that parse; those that are recorded
  for (size_t i = 0; i < commands.size(); ++i) {
    auto one = Parse(*commands[i].county, *commands[i].request);
    if (!one.ok()) {
      *commands[i].reply = one.status();
      continue;
    }
    parsed.push_back(*std::move(one));
    open.push_back(i);
  }
  if (open.empty()) return absl::OkStatus();
  Batch batch(transaction, ids_);
  if (absl::Status loaded = batch.Load(parsed); !loaded.ok()) return loaded;
  for (size_t k = 0; k < open.size(); ++k) {
    if (absl::Status took = batch.Take(parsed[k]); took.ok()) {
      taken.push_back(open[k]);
    } else {
      *commands[open[k]].reply = std::move(took);
    }
  }
  if (batch.empty()) return absl::OkStatus();
  if (absl::Status settled = batch.SettleTheRest(); !settled.ok()) return settled;
  auto rows = batch.Save();
  if (!rows.ok()) return rows.status();
  for (size_t k = 0; k < taken.size(); ++k)
    *commands[taken[k]].reply = Reply((*rows)[k], commands[taken[k]].request->contact());
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
