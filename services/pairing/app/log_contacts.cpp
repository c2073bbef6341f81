#include "services/pairing/app/log_contacts.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/references.h"
#include "libs/status/macros.h"
#include "services/pairing/app/duty_unit_of_work.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/events/publish.h"

namespace tonghu::pairing {
namespace {

// A command in this service's terms.
struct Parsed {
  std::string county;
  Contact contact;
  const std::string* actor;
  const std::string* request_id;
  const journal::ChildCheck* check_child;
};

// Reads a command. A missing time is InfinitePast, which CheckContact refuses. Errors: refusals.
absl::StatusOr<Parsed> Parse(const ContactCommand& command) {
  const std::string& county = *command.county;
  const v1::CreateContactRequest& request = *command.request;
  ASSIGN_OR_RETURN(auto child, ids::IdIn(county, request.contact().child(), "children", "contact.child"));
  ASSIGN_OR_RETURN(auto helper,
                   ids::IdIn(county, request.contact().helper(), "staffMembers", "contact.helper"));
  Parsed parsed{county,
                {std::move(child), std::move(helper), static_cast<ContactKind>(request.contact().kind()),
                 absl::InfinitePast(), request.contact().note()},
                command.actor,
                command.request_id,
                command.check_child};
  if (request.contact().has_happen_time())
    parsed.contact.happen_time = clock::ToTime(request.contact().happen_time());
  return parsed;
}

// A contact that is to be recorded, and what it changes.
struct Decided {
  ContactRow row;
  const std::string* actor;
  ChildState* child;
  std::vector<DutyChange> changes;
};

// `row` is of a kind that fulfils a kind of duty.
LoggedContact LoggedOf(const ContactRow& row) {
  return {row.contact_id, row.helper_id, row.happen_time, row.report_time, *FulfilledBy(row.kind)};
}

// The contact as it was given, with what the service adds.
v1::Contact Reply(const ContactRow& row, const v1::Contact& request) {
  v1::Contact reply = request;
  reply.set_name(absl::StrCat("counties/", row.county, "/contacts/", row.contact_id));
  clock::SetTime(row.report_time, reply.mutable_report_time());
  reply.set_closed_duty(row.closed_duty_id.empty()
                            ? ""
                            : absl::StrCat("counties/", row.county, "/duties/", row.closed_duty_id));
  return reply;
}

// The answer to a contact whose request id the contact `recorded` of the same child came with. Errors:
// RequestIdReused, when anything that counts differs.
absl::StatusOr<v1::Contact> ReplyAgain(const ContactRow& recorded, const Contact& asked,
                                       const v1::Contact& request) {
  const bool same = recorded.helper_id == asked.helper_id && recorded.kind == asked.kind &&
                    absl::ToUnixMicros(recorded.happen_time) == absl::ToUnixMicros(asked.happen_time) &&
                    recorded.note == asked.note;
  if (!same) return journal::RequestIdReused();
  return Reply(recorded, request);
}

// A batch under decision. Nearly all contacts close a duty of their window or none; only children of whom a
// contact may move other contacts have all their duties and contacts loaded.
class Batch {
 public:
  Batch(journal::ShardTransaction& transaction, ids::Source& ids) : transaction_(transaction), ids_(ids) {}

  // Takes the shard's lock and loads what the contacts need. For most contacts one lookup of their window's
  // duties is enough; the children of the others are loaded with all that counts.
  absl::Status Load(std::vector<Parsed> contacts) {
    contacts_ = std::move(contacts);
    known_.resize(contacts_.size());
    std::vector<ContactKey> fulfilling, others;
    std::vector<size_t> places, other_places;
    const auto look_further = [&](size_t i) {
      others.push_back(KeyOf(contacts_[i]));
      other_places.push_back(i);
    };
    for (size_t i = 0; i < contacts_.size(); ++i) {
      const Contact& contact = contacts_[i].contact;
      if (!FulfilledBy(contact.kind).has_value() || !HasWindow(contact.happen_time)) {
        look_further(i);
        continue;
      }
      fulfilling.push_back(KeyOf(contacts_[i]));
      places.push_back(i);
    }
    ASSIGN_OR_RETURN(auto windows, EnterWithWindows(transaction_, fulfilling, Requests(), Checked()));
    windows_ = std::move(windows);
    for (const ContactRow& row : windows_.recorded) recorded_[{row.child_id, row.request_id}] = &row;
    for (size_t k = 0; k < places.size(); ++k) {
      const std::optional<size_t> closes =
          ClosesSurely(windows_.children[k].facts, contacts_[places[k]].contact);
      if (!closes.has_value()) {
        look_further(places[k]);
      } else {
        known_[places[k]] = {&windows_.children[k], closes};
      }
    }
    return others.empty() ? absl::OkStatus() : LoadOthers(others, other_places);
  }

  // Whether the child of contact `i` may be named by who reports the contact. Error: NOT_PERMITTED.
  absl::Status Check(size_t i) const {
    const Parsed& one = contacts_[i];
    if (*one.check_child == nullptr) return absl::OkStatus();
    const auto place = windows_.places.find({one.county, one.contact.child_id});
    return (*one.check_child)(one.contact.child_id,
                              place == windows_.places.end() ? nullptr : &place->second);
  }

  // Answers contact `i` in `reply`, if an earlier call with its request id recorded a contact with the child.
  // Gives whether one did.
  bool AnswerAgain(size_t i, const v1::Contact& request, absl::StatusOr<v1::Contact>& reply) const {
    if (recorded_.empty()) return false;
    const Parsed& one = contacts_[i];
    const auto found = recorded_.find({one.contact.child_id, *one.request_id});
    if (found == recorded_.end() || found->second->county != one.county) return false;
    reply = ReplyAgain(*found->second, one.contact, request);
    return true;
  }

  // Decides contact `i`, of which Load knows enough. Errors: refusals.
  absl::Status Take(size_t i) {
    auto& [county, contact, actor, request_id, check_child] = contacts_[i];
    const Known& known = known_[i];
    if (known.child == nullptr) return UnknownChild("contact.child");
    const absl::Time now = transaction_.now();
    // A contact whose duty is known was checked when the duty was found (ClosesSurely).
    if (!known.closes.has_value()) {
      RETURN_IF_ERROR(CheckContact(contact, known.child->facts.spans, now));
    }
    taken_.push_back(
        {{std::move(county), ids_.Next(now), std::move(contact.child_id), std::move(contact.helper_id),
          contact.kind, contact.happen_time, now, std::move(contact.note), "", *request_id},
         actor,
         known.child,
         {}});
    if (known.closes.has_value()) {
      Close(taken_.back(), *known.closes, LoggedOf(taken_.back().row));
    } else if (FulfilledBy(contact.kind).has_value()) {
      CloseDirect(taken_.back());
    }
    return absl::OkStatus();
  }

  // Settles the contacts of children of whom all facts must be asked, in the order of the batch.
  absl::Status SettleTheRest() {
    std::vector<postgres::Key> children;
    absl::Time first = absl::InfiniteFuture();
    if (ask_all_.empty()) return absl::OkStatus();
    for (const Decided& one : taken_) {
      if (ask_all_.contains(one.child)) first = std::min(first, one.row.happen_time);
    }
    for (const ChildState* child : ask_all_) children.emplace_back(child->county, child->child_id);
    ASSIGN_OR_RETURN(auto all, LoadAllFacts(transaction_.db(), children, first - kReach, transaction_.now()));
    for (Decided& one : taken_) {
      if (!ask_all_.contains(one.child) || !FulfilledBy(one.row.kind).has_value()) continue;
      // Load found the child under the same lock, so it is still there.
      ChildFacts& facts = all.at(ChildKey(one.row.county, one.row.child_id)).facts;
      facts.contacts.push_back(LoggedOf(one.row));
      const DutyPolicy& policy = windows_.policies.Of(one.row.county, facts.contacts.back().fulfils);
      one.changes = SettleContact(facts, facts.contacts.size() - 1, policy);
    }
    return absl::OkStatus();
  }

  // Publishes everything in order and stores it. Gives the contacts as decided.
  absl::StatusOr<std::vector<ContactRow>> Save() {
    DutyUnitOfWork duties(transaction_);
    std::vector<ContactRow> rows;
    rows.reserve(taken_.size());
    for (Decided& one : taken_) {
      const DutyChange* own = nullptr;
      // One of the changes may be of the duty that this contact closes; the others are of contacts that
      // moved.
      for (const DutyChange& change : one.changes) {
        if (change.after.contact_id == one.row.contact_id) own = &change;
      }
      if (own != nullptr) one.row.closed_duty_id = own->after.duty_id;
      // The usual case, an open duty done by a contact of its window, which contact_logged says itself.
      const bool plain =
          own != nullptr && own->before.state == DutyState::kOpen && own->after.state == DutyState::kDone;
      // Events carry the actor of their own command, though one transaction decides commands of many.
      transaction_.set_actor(*one.actor);
      PublishContactLogged(transaction_, one.row, plain ? &own->after : nullptr, one.child->place);
      duties.Add(*one.child, std::move(one.changes), plain);
      rows.push_back(std::move(one.row));
    }
    RETURN_IF_ERROR(duties.Save(absl::MakeSpan(rows)));
    return rows;
  }

  bool empty() const { return taken_.empty(); }

 private:
  // What Load found out about a contact.
  struct Known {
    ChildState* child = nullptr;  // nullptr: no such child
    std::optional<size_t>
        closes;  // the duty that the contact closes, where its window's duties are enough to tell
  };

  std::vector<RequestKey> Requests() const {
    std::vector<RequestKey> requests;
    for (const Parsed& one : contacts_) {
      if (!one.request_id->empty()) requests.push_back({one.contact.child_id, *one.request_id});
    }
    return requests;
  }

  // The children who are to be checked by where they are.
  std::vector<postgres::Key> Checked() const {
    std::vector<postgres::Key> children;
    for (const Parsed& one : contacts_) {
      if (*one.check_child != nullptr) children.emplace_back(one.county, one.contact.child_id);
    }
    return children;
  }

  absl::Status LoadOthers(const std::vector<ContactKey>& keys, const std::vector<size_t>& places) {
    ASSIGN_OR_RETURN(auto all, LoadContactContext(transaction_.db(), keys, transaction_.now()));
    children_ = std::move(all);
    for (size_t k = 0; k < keys.size(); ++k) {
      const auto child = children_.find(ChildKey(keys[k].county, keys[k].child_id));
      if (child != children_.end()) known_[places[k]].child = &child->second;
    }
    return absl::OkStatus();
  }

  void CloseDirect(Decided& one) {
    // The child is settled at the end, from all facts (SettleTheRest).
    if (ask_all_.contains(one.child)) return;
    const LoggedContact contact = LoggedOf(one.row);
    const Direct direct = CloseDirectly(one.child->facts, contact);
    if (direct.kind == Direct::Kind::kAskAll) {
      ask_all_.insert(one.child);
    } else if (direct.kind == Direct::Kind::kCloses) {
      Close(one, direct.duty, contact);
    }
  }

  void Close(Decided& one, size_t index, const LoggedContact& contact) {
    Duty& duty = one.child->facts.duties[index];
    DutyBefore before(duty);
    // The duty in memory changes too: the next contact of the batch must find it closed.
    duty = ClosedBy(std::move(duty), contact, windows_.policies.Of(one.row.county, contact.fulfils));
    one.changes.push_back({std::move(before), duty});
  }

  static ContactKey KeyOf(const Parsed& one) {
    return {one.county, one.contact.child_id, one.contact.happen_time, one.contact.kind};
  }
  // Whether the time has a civil day at all. Contacts of the future are refused later: the transaction's time
  // is not known before its lock is taken.
  static bool HasWindow(absl::Time happen_time) {
    static const absl::Time kEnd = absl::FromCivil(absl::CivilYear(10000), absl::UTCTimeZone());
    return absl::InfinitePast() < happen_time && happen_time < kEnd;
  }
  // The duty that the contact would close if all facts were known, where its window's facts are enough to
  // tell: the spans of pairings that owe a duty are known with the duty, and a duty of the contact's own
  // window goes before any other.
  std::optional<size_t> ClosesSurely(const ChildFacts& facts, const Contact& contact) const {
    if (facts.duties.empty() || !CheckContact(contact, facts.spans, transaction_.now()).ok())
      return std::nullopt;
    const Direct direct = CloseDirectly(
        facts, {"", contact.helper_id, contact.happen_time, transaction_.now(), *FulfilledBy(contact.kind)});
    return direct.kind == Direct::Kind::kCloses ? std::optional(direct.duty) : std::nullopt;
  }

  journal::ShardTransaction& transaction_;
  ids::Source& ids_;
  std::vector<Parsed> contacts_;
  std::vector<Known> known_;  // of each contact
  Windows windows_;           // a child of which a window says enough has one such contact here
  ChildStates children_;      // of the other contacts
  absl::flat_hash_map<std::pair<std::string, std::string>, const ContactRow*>
      recorded_;  // windows_.recorded, by child and request id
  std::vector<Decided> taken_;
  absl::flat_hash_set<ChildState*> ask_all_;
};

}  // namespace

absl::Status LogContacts::operator()(journal::ShardTransaction& transaction,
                                     ContactCommandHandler::Commands commands) const {
  std::vector<Parsed> parsed;
  std::vector<size_t> open, taken;  // commands that parse; those that are recorded
  for (size_t i = 0; i < commands.size(); ++i) {
    // What can be refused without the database is refused before the shard's lock is taken.
    auto one = Parse(commands[i]);
    if (!one.ok()) {
      *commands[i].reply = one.status();
      continue;
    }
    parsed.push_back(*std::move(one));
    open.push_back(i);
  }
  if (open.empty()) return absl::OkStatus();
  Batch batch(transaction, ids_);
  RETURN_IF_ERROR(batch.Load(std::move(parsed)));
  for (size_t k = 0; k < open.size(); ++k) {
    const ContactCommand& command = commands[open[k]];
    if (absl::Status checked = batch.Check(k); !checked.ok()) {
      *command.reply = std::move(checked);
      continue;
    }
    if (batch.AnswerAgain(k, command.request->contact(), *command.reply)) continue;
    if (absl::Status took = batch.Take(k); took.ok()) {
      taken.push_back(open[k]);
    } else {
      *command.reply = std::move(took);
    }
  }
  if (batch.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(batch.SettleTheRest());
  ASSIGN_OR_RETURN(auto rows, batch.Save());
  for (size_t k = 0; k < taken.size(); ++k)
    *commands[taken[k]].reply = Reply(rows[k], commands[taken[k]].request->contact());
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
