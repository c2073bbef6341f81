#include "services/pairing/app/contact_batch.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "libs/status/macros.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/events/publish.h"
#include "services/pairing/postgres/contact_versions.h"

namespace tonghu::pairing {
namespace {

LoggedContact LoggedOf(const ContactRow& row) {
  return {.contact_id = row.contact_id,
          .helper_id = row.helper_id,
          .happen_time = row.happen_time,
          .report_time = row.report_time,
          .kind = row.kind,
          .together_with = row.together_with};
}

ContactKey KeyOf(const ReportedContact& one) {
  return {one.county, one.contact.child_id, one.contact.happen_time, one.contact.kind};
}

// Whether the time has a civil day at all. Contacts of the future are refused later: the transaction's time
// is not known before its lock is taken.
bool HasWindow(absl::Time happen_time) {
  static const absl::Time kEnd = absl::FromCivil(absl::CivilYear(10000), absl::UTCTimeZone());
  return absl::InfinitePast() < happen_time && happen_time < kEnd;
}

// The duties that the contact closes by these changes, as a contact names them.
std::string IdsClosedBy(const std::string& contact_id, absl::Span<const DutyChange> changes) {
  std::vector<std::string> ids;
  for (const DutyChange& change : changes) {
    if (change.after.contact_id == contact_id) ids.push_back(change.after.duty_id);
  }
  std::sort(ids.begin(), ids.end());
  return absl::StrJoin(ids, " ");
}

}  // namespace

absl::Status ContactBatch::Load(std::vector<ReportedContact> contacts) {
  contacts_ = std::move(contacts);
  known_.resize(contacts_.size());
  std::vector<ContactKey> timely, others;  // with a time, and others that are to be looked for further
  std::vector<size_t> places, other_places;
  const auto look_further = [&](size_t i) {
    others.push_back(KeyOf(contacts_[i]));
    other_places.push_back(i);
  };
  for (size_t i = 0; i < contacts_.size(); ++i) {
    if (!HasWindow(contacts_[i].contact.happen_time)) {
      look_further(i);
      continue;
    }
    timely.push_back(KeyOf(contacts_[i]));
    places.push_back(i);
  }
  ASSIGN_OR_RETURN(auto windows, EnterWithWindows(transaction_, timely, Requests(), Checked()));
  windows_ = std::move(windows);
  for (const ContactRow& row : windows_.recorded) recorded_[{row.child_id, row.request_id}] = &row;
  RETURN_IF_ERROR(LoadFirstVersions());
  for (size_t k = 0; k < places.size(); ++k) {
    const std::optional<size_t> closes = ClosesSurely(windows_.children[k].facts, contacts_[places[k]]);
    if (!closes.has_value()) {
      look_further(places[k]);
    } else {
      known_[places[k]] = {&windows_.children[k], closes};
    }
  }
  return others.empty() ? absl::OkStatus() : LoadOthers(others, other_places);
}

absl::Status ContactBatch::Check(size_t i) const {
  const ReportedContact& one = contacts_[i];
  if (*one.check_child == nullptr) return absl::OkStatus();
  const auto place = windows_.places.find({one.county, one.contact.child_id});
  return (*one.check_child)(one.contact.child_id, place == windows_.places.end() ? nullptr : &place->second);
}

const ContactRow* ContactBatch::Recorded(size_t i) const {
  if (recorded_.empty()) return nullptr;
  const ReportedContact& one = contacts_[i];
  const auto found = recorded_.find({one.contact.child_id, *one.request_id});
  return found == recorded_.end() || found->second->county != one.county ? nullptr : found->second;
}

const ContactRow& ContactBatch::AtFirst(const ContactRow& recorded) const {
  const auto found = at_first_.find(recorded.contact_id);
  return found == at_first_.end() ? recorded : found->second;
}

absl::Status ContactBatch::LoadFirstVersions() {
  std::vector<postgres::Key> changed;
  for (const ContactRow& row : windows_.recorded) {
    if (row.version > 1) changed.emplace_back(row.county, row.contact_id);
  }
  ASSIGN_OR_RETURN(auto versions, LoadVersions(transaction_.db(), changed));
  for (ContactVersion& version : versions) {
    // By version, so that the first of a contact is kept.
    std::string id = version.contact.contact_id;
    at_first_.try_emplace(std::move(id), std::move(version.contact));
  }
  return absl::OkStatus();
}

absl::Status ContactBatch::Take(size_t i) {
  auto& [county, contact, actor, request_id, check_child, child_field, group_id] = contacts_[i];
  const Known& known = known_[i];
  if (known.child == nullptr) return UnknownChild(child_field);
  const absl::Time now = transaction_.now();
  // A contact whose duty is known was checked when the duty was found (ClosesSurely).
  if (!known.closes.has_value()) {
    RETURN_IF_ERROR(CheckContact(contact, known.child->facts.spans, now));
  }
  taken_.push_back(
      {{std::move(county), ids_.Next(now), std::move(contact.child_id), std::move(contact.helper_id),
        contact.kind, contact.happen_time, now, std::move(contact.note), "", *request_id, contact.mood,
        BitsOf(contact.concerns), 1, false, absl::StrJoin(contact.together_with, " "), std::move(group_id)},
       actor,
       known.child,
       {}});
  if (known.closes.has_value()) {
    Close(taken_.back(), *known.closes, LoggedOf(taken_.back().row));
  } else {
    CloseDirect(taken_.back());
  }
  return absl::OkStatus();
}

absl::Status ContactBatch::SettleTheRest() {
  if (ask_all_.empty()) return absl::OkStatus();
  std::vector<postgres::Key> children;
  absl::Time since = absl::InfiniteFuture();
  for (const Decided& one : taken_) {
    if (!ask_all_.contains(one.child)) continue;
    for (const DutyKind kind : windows_.policies.CountsFor(one.row.county, one.row.kind)) {
      const absl::Duration reach = ReachOfAll(windows_.policies.LongestWindow(one.row.county, kind));
      since = std::min(since, one.row.happen_time - reach);
    }
  }
  for (const ChildState* child : ask_all_) children.emplace_back(child->county, child->child_id);
  ASSIGN_OR_RETURN(auto all, LoadAllFacts(transaction_.db(), children, since, transaction_.now()));
  for (Decided& one : taken_) {
    if (!ask_all_.contains(one.child)) continue;
    // Load found the child under the same lock, so it is still there.
    ChildFacts& facts = all.at(ChildKey(one.row.county, one.row.child_id)).facts;
    const VersionsOf versions = [&](DutyKind kind) { return windows_.policies.Of(one.row.county, kind); };
    // Instead of what was decided directly.
    one.changes.clear();
    const size_t first = facts.contacts.size();
    for (LoggedContact& part : PartsOf(LoggedOf(one.row), facts.spans))
      facts.contacts.push_back(std::move(part));
    for (size_t i = first; i < facts.contacts.size(); ++i) {
      for (DutyChange& change : SettleContact(facts, i, versions)) one.changes.push_back(std::move(change));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ContactRow>> ContactBatch::Save() {
  DutyUnitOfWork duties(transaction_);
  std::vector<ContactRow> rows;
  std::vector<const Duty*> closed;
  rows.reserve(taken_.size());
  for (Decided& one : taken_) {
    // Some of the changes are of duties that this contact closes, the others of contacts that moved. The
    // usual case, open duties done by a contact of their windows, contact_logged says itself.
    const bool plain = std::all_of(one.changes.begin(), one.changes.end(), [&](const DutyChange& change) {
      return change.after.contact_id == one.row.contact_id && change.before.state == DutyState::kOpen &&
             change.after.state == DutyState::kDone;
    });
    one.row.closed_duty_ids = IdsClosedBy(one.row.contact_id, one.changes);
    // Events carry the actor of their own command, though one transaction decides commands of many.
    transaction_.set_actor(*one.actor);
    closed.clear();
    for (const DutyChange& change : one.changes) {
      if (plain) closed.push_back(&change.after);
    }
    PublishContactLogged(transaction_, one.row, closed, one.child->place);
    if (one.row.concerns != 0) PublishConcernRaised(transaction_, one.row, one.child->place);
    duties.Add(*one.child, std::move(one.changes), plain);
    rows.push_back(std::move(one.row));
  }
  RETURN_IF_ERROR(duties.Save(absl::MakeSpan(rows)));
  return rows;
}

std::vector<RequestKey> ContactBatch::Requests() const {
  std::vector<RequestKey> requests;
  for (const ReportedContact& one : contacts_) {
    if (!one.request_id->empty()) requests.push_back({one.contact.child_id, *one.request_id});
  }
  return requests;
}

// The children who are to be checked by where they are.
std::vector<postgres::Key> ContactBatch::Checked() const {
  std::vector<postgres::Key> children;
  for (const ReportedContact& one : contacts_) {
    if (*one.check_child != nullptr) children.emplace_back(one.county, one.contact.child_id);
  }
  return children;
}

absl::Status ContactBatch::LoadOthers(const std::vector<ContactKey>& keys,
                                      const std::vector<size_t>& places) {
  ASSIGN_OR_RETURN(auto all,
                   LoadContactContext(transaction_.db(), keys, windows_.policies, transaction_.now()));
  children_ = std::move(all);
  for (size_t k = 0; k < keys.size(); ++k) {
    const auto child = children_.find(ChildKey(keys[k].county, keys[k].child_id));
    if (child != children_.end()) known_[places[k]].child = &child->second;
  }
  return absl::OkStatus();
}

void ContactBatch::CloseDirect(Decided& one) {
  // The child is settled at the end, from all facts (SettleTheRest).
  if (ask_all_.contains(one.child)) return;
  const LoggedContact contact = LoggedOf(one.row);
  const Policies& policies = windows_.policies;
  std::vector<size_t> closes;
  for (const DutyKind kind : policies.CountsFor(one.row.county, contact.kind)) {
    const Direct direct =
        !contact.together_with.empty() || policies.MayOverlap(one.row.county, kind)
            ? Direct{Direct::Kind::kAskAll}
            : CloseDirectly(one.child->facts, contact, kind, policies.Of(one.row.county, kind));
    if (direct.kind == Direct::Kind::kAskAll) {
      ask_all_.insert(one.child);
      return;
    }
    if (direct.kind == Direct::Kind::kCloses) closes.push_back(direct.duty);
  }
  for (const size_t duty : closes) Close(one, duty, contact);
}

void ContactBatch::Close(Decided& one, size_t index, const LoggedContact& contact) {
  Duty& duty = one.child->facts.duties[index];
  DutyBefore before(duty);
  // The duty in memory changes too: the next contact of the batch must find it closed.
  const DutyKind kind = duty.kind;
  duty = ClosedBy(std::move(duty), contact, windows_.policies.Of(one.row.county, kind));
  one.changes.push_back({std::move(before), duty});
}

// The duty that the contact would close if all facts were known, where its window's facts are enough to
// tell: the spans of pairings that owe a duty are known with the duty, and a duty of the contact's own
// window goes before any other.
std::optional<size_t> ContactBatch::ClosesSurely(const ChildFacts& facts, const ReportedContact& one) const {
  const Contact& contact = one.contact;
  if (facts.duties.empty() || !CheckContact(contact, facts.spans, transaction_.now()).ok())
    return std::nullopt;
  const Policies& policies = windows_.policies;
  const std::vector<DutyKind> kinds = policies.CountsFor(one.county, contact.kind);
  // The lookup knows the duties of the kind only for which the contact counts by the built-in policies.
  if (kinds.size() != 1 || !contact.together_with.empty() || policies.MayOverlap(one.county, kinds.front()))
    return std::nullopt;
  const DutyKind kind = kinds.front();
  const Direct direct =
      CloseDirectly(facts, {"", contact.helper_id, contact.happen_time, transaction_.now(), contact.kind},
                    kind, policies.Of(one.county, kind));
  return direct.kind == Direct::Kind::kCloses ? std::optional(direct.duty) : std::nullopt;
}

}  // namespace tonghu::pairing
