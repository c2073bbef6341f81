#include "services/pairing/app/change_contacts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "libs/clock/clock.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/names.h"
#include "libs/ids/references.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/answer.h"
#include "services/pairing/app/doubts.h"
#include "services/pairing/app/follow_closures.h"
#include "services/pairing/app/messages.h"
#include "services/pairing/domain/resettle.h"
#include "services/pairing/events/publish.h"
#include "services/pairing/postgres/contact_store.h"
#include "services/pairing/postgres/contact_versions.h"
#include "services/pairing/postgres/policy_store.h"
#include "services/pairing/postgres/queries.h"
#include "services/pairing/postgres/standing_store.h"

namespace tonghu::pairing {
namespace {

// A contact that is to be changed, as it is stored and as it is to be.
struct Change {
  ContactRow before, after;
  std::string actor, reason;
};

absl::Status ContactNotFound(std::string_view field) {
  return refusal::NotFound("CONTACT_NOT_FOUND", field, "no such contact", "没有该联系记录，请核对编号");
}

// The contact with the name, if the request may change it. Errors: refusals.
absl::StatusOr<ContactRow> Load(journal::ShardTransaction& transaction, const std::string& name,
                                const ChangeAsked& asked) {
  ASSIGN_OR_RETURN(const auto parsed, ids::ParseName(name, "contacts", asked.name_field));
  ASSIGN_OR_RETURN(auto rows, FindContact(transaction.db(), parsed.county, parsed.id));
  if (rows.empty()) return ContactNotFound(asked.name_field);
  ContactRow& row = rows.front();
  RETURN_IF_ERROR(
      CheckChange({row.helper_id, row.version, row.withdrawn, row.happen_time}, asked, transaction.now()));
  return std::move(row);
}

// Takes the fields that the mask names from the request. Errors: UPDATE_MASK_EMPTY, UPDATE_MASK_UNKNOWN_PATH;
// as TogetherIn's.
absl::Status Take(const std::string& county, const v1::UpdateContactRequest& request, Contact& contact) {
  if (request.update_mask().paths().empty()) {
    return refusal::Invalid("UPDATE_MASK_EMPTY", "update_mask", "update_mask must name the fields to change",
                            "请指明要更正的内容（update_mask）。");
  }
  const v1::Contact& said = request.contact();
  for (int i = 0; i < request.update_mask().paths_size(); ++i) {
    const std::string& path = request.update_mask().paths(i);
    if (path == "kind") {
      contact.kind = static_cast<ContactKind>(said.kind());
    } else if (path == "happen_time") {
      contact.happen_time = said.has_happen_time() ? clock::ToTime(said.happen_time()) : absl::InfinitePast();
    } else if (path == "note") {
      contact.note = said.note();
    } else if (path == "mood") {
      contact.mood = static_cast<Mood>(said.mood());
    } else if (path == "concerns") {
      contact.concerns.clear();
      for (const int concern : said.concerns()) contact.concerns.push_back(static_cast<Concern>(concern));
    } else if (path == "together_with") {
      ASSIGN_OR_RETURN(contact.together_with, TogetherIn(county, said));
    } else {
      return refusal::Invalid(
          "UPDATE_MASK_UNKNOWN_PATH", absl::StrCat("update_mask.paths[", i, "]"),
          "kind, happen_time, note, mood, concerns and together_with can be corrected",
          "只能更正方式、时间、内容、情绪、关注事项和一同参加的人；儿童或帮扶人记错的，请撤回后重新登记");
    }
  }
  return absl::OkStatus();
}

bool SaysTheSame(const ContactRow& a, const ContactRow& b) {
  return a.kind == b.kind && a.happen_time == b.happen_time && a.note == b.note && a.mood == b.mood &&
         a.concerns == b.concerns && a.together_with == b.together_with;
}

// The stored row as the correction wants it. `spans`: of the child. Errors: refusals.
absl::StatusOr<ContactRow> Corrected(const ContactRow& before, const v1::UpdateContactRequest& request,
                                     absl::Span<const PairedSpan> spans, absl::Time now) {
  Contact contact{before.child_id,
                  before.helper_id,
                  before.kind,
                  before.happen_time,
                  before.note,
                  before.mood,
                  ConcernsOf(before.concerns),
                  absl::StrSplit(before.together_with, ' ', absl::SkipEmpty())};
  RETURN_IF_ERROR(Take(before.county, request, contact));
  RETURN_IF_ERROR(CheckContact(contact, spans, now));
  // Lateness goes by the first report, so nothing can have happened after it.
  if (contact.happen_time > before.report_time + kClockTolerance) {
    return refusal::Invalid("HAPPEN_TIME_AFTER_REPORT", "contact.happen_time",
                            "the contact was first reported before that time; withdraw it and record another",
                            "更正后的时间不能晚于首次登记的时间；如是另一次联系，请撤回后重新登记");
  }
  ContactRow after = before;
  after.kind = contact.kind;
  after.happen_time = contact.happen_time;
  after.note = contact.note;
  after.mood = contact.mood;
  after.concerns = BitsOf(contact.concerns);
  after.together_with = absl::StrJoin(contact.together_with, " ");
  if (SaysTheSame(before, after)) {
    return refusal::Invalid("NOTHING_CHANGED", "update_mask", "the contact says so already",
                            "内容没有变化，无需更正");
  }
  return after;
}

LoggedContact LoggedOf(const ContactRow& row) {
  return {row.contact_id, row.helper_id,       row.happen_time,  row.report_time,
          row.kind,       row.closed_duty_ids, row.together_with};
}

// The child's contacts with the change made.
std::vector<LoggedContact> With(const Change& change, const ChildFacts& facts) {
  std::vector<LoggedContact> contacts = facts.contacts;
  std::erase_if(contacts,
                [&](const LoggedContact& one) { return one.contact_id == change.before.contact_id; });
  if (change.after.withdrawn) return contacts;
  for (LoggedContact& part : PartsOf(LoggedOf(change.after), facts.spans))
    contacts.push_back(std::move(part));
  return contacts;
}

// How far before the change duties and contacts are read.
absl::Time SinceOf(const Change& change, const Policies& policies) {
  absl::Duration longest;
  for (const ContactRow* row : {&change.before, &change.after}) {
    for (const DutyKind kind : policies.CountsFor(row->county, row->kind))
      longest = std::max(longest, policies.LongestWindow(row->county, kind));
  }
  return std::min(change.before.happen_time, change.after.happen_time) - ReachOfAll(longest);
}

// Publishes and stores what becomes of the child's duties, and which duties contacts close now.
absl::Status SaveDuties(journal::ShardTransaction& transaction, const ChildState& child,
                        const std::vector<Duty>& changed, Change& change) {
  absl::flat_hash_map<std::string, const Duty*> before;
  for (const Duty& duty : child.facts.duties) before[duty.duty_id] = &duty;
  MovedContacts moved;
  for (const Duty& duty : changed) {
    const Duty& former = *before.at(duty.duty_id);
    moved.Add(child.county, duty.duty_id, former.contact_id, duty.contact_id);
    PublishDutyResettled(transaction, child.county, DutyBefore(former), duty, child.place);
  }
  // The changed contact itself is stored with its duties.
  moved.TakeInto(change.after);
  RETURN_IF_ERROR(moved.Save(transaction.db()));
  return ResettleDuties(transaction.db(), changed);
}

// Brings duties that no contact closes any more in line with closures that were announced or withdrawn while
// one did.
absl::Status FollowReopened(journal::ShardTransaction& transaction, const ChildState& child,
                            absl::Span<const Duty> changed) {
  std::optional<DayRange> days;
  for (const Duty& duty : changed) {
    if (!duty.contact_id.empty()) continue;
    const absl::CivilDay first = clock::DayOf(duty.window_start), last = clock::DayOf(duty.window_end) - 1;
    days = days.has_value() ? DayRange{std::min(days->first, first), std::max(days->last, last)}
                            : DayRange{first, last};
  }
  if (!days.has_value()) return absl::OkStatus();
  return FollowClosures(transaction, {{child.county, child.child_id}}, *days).status();
}

// Makes the change, with all that follows from it. `child`: all facts within reach. Errors: the connection's.
absl::StatusOr<v1::Contact> Make(journal::ShardTransaction& transaction, const Policies& policies,
                                 const ChildState& child, Change change) {
  ASSIGN_OR_RETURN(const auto until, LoadUntil(transaction.db(), transaction.shard(), transaction.now()));
  ASSIGN_OR_RETURN(const auto standings, LoadStandings(transaction.db(), {{child.county, child.child_id}}));
  std::map<DutyKind, std::vector<DutyPolicy>> of_child;
  for (const DutyRule& rule : DutyRules())
    of_child[rule.kind] = policies.For(child.county, rule.kind, standings.begin()->second);
  const VersionsOf versions = [&](DutyKind kind) { return Versions(of_child.at(kind)); };
  const std::vector<Duty> changed = Resettle(child.facts, With(change, child.facts), versions, until);
  if (change.after.withdrawn) change.after.closed_duty_ids.clear();
  ++change.after.version;
  PublishContactChanged(transaction, change.after, child.place);
  RETURN_IF_ERROR(SaveDuties(transaction, child, changed, change));
  RETURN_IF_ERROR(
      KeepVersion(transaction.db(), {change.before, transaction.now(), change.actor, change.reason}));
  RETURN_IF_ERROR(ChangeContact(transaction.db(), change.after));
  RETURN_IF_ERROR(
      LookForDoubts(transaction, {child.county,
                                  {change.after.helper_id},
                                  std::min(change.before.happen_time, change.after.happen_time)}));
  RETURN_IF_ERROR(FollowReopened(transaction, child, changed));
  return MessageOf(change.after);
}

// Reads the child of a change. A contact's child was known when the contact was recorded.
absl::StatusOr<ChildState> LoadChild(journal::ShardTransaction& transaction, const ContactRow& row,
                                     absl::Time since) {
  ASSIGN_OR_RETURN(auto states,
                   LoadAllFacts(transaction.db(), {{row.county, row.child_id}}, since, transaction.now()));
  const auto found = states.find(ChildKey(row.county, row.child_id));
  if (found == states.end()) return absl::InternalError("the child of a contact is not known");
  return std::move(found->second);
}

absl::StatusOr<v1::Contact> UpdateOne(journal::ShardTransaction& transaction, const std::string& actor,
                                      const v1::UpdateContactRequest& request) {
  ASSIGN_OR_RETURN(const auto before,
                   Load(transaction, request.contact().name(),
                        {"contact.name", request.helper(), request.version(), request.reason()}));
  ASSIGN_OR_RETURN(const auto policies, LoadPolicies(transaction.db(), {before.county}));
  // The pairings are needed before it is known how far the correction reaches.
  ASSIGN_OR_RETURN(const auto paired, LoadChild(transaction, before, transaction.now()));
  ASSIGN_OR_RETURN(auto after, Corrected(before, request, paired.facts.spans, transaction.now()));
  Change change{before, std::move(after), actor, request.reason()};
  ASSIGN_OR_RETURN(const auto child, LoadChild(transaction, before, SinceOf(change, policies)));
  return Make(transaction, policies, child, std::move(change));
}

absl::StatusOr<v1::Contact> WithdrawOne(journal::ShardTransaction& transaction, const std::string& actor,
                                        const v1::WithdrawContactRequest& request) {
  ASSIGN_OR_RETURN(const auto before,
                   Load(transaction, request.name(),
                        {"name", request.helper(), request.version(), request.reason(), true}));
  Change change{before, before, actor, request.reason()};
  change.after.withdrawn = true;
  ASSIGN_OR_RETURN(const auto policies, LoadPolicies(transaction.db(), {before.county}));
  ASSIGN_OR_RETURN(const auto child, LoadChild(transaction, before, SinceOf(change, policies)));
  return Make(transaction, policies, child, std::move(change));
}

// Decides commands one after the other, as each reads what the one before has changed; changes are few.
template <class Commands, class Decide>
absl::Status DecideEach(journal::ShardTransaction& transaction, const Commands& commands, Decide decide) {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(Answer(command, decide(transaction, *command.actor, *command.request)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status UpdateContacts(journal::ShardTransaction& transaction,
                            UpdateContactCommandHandler::Commands commands) {
  return DecideEach(transaction, commands, UpdateOne);
}

absl::Status WithdrawContacts(journal::ShardTransaction& transaction,
                              WithdrawContactCommandHandler::Commands commands) {
  return DecideEach(transaction, commands, WithdrawOne);
}

absl::StatusOr<v1::ListContactVersionsResponse> ListContactVersions(
    postgres::Connection& db, const v1::ListContactVersionsRequest& request) {
  ASSIGN_OR_RETURN(const auto name, ids::ParseName(request.name(), "contacts", "name"));
  ASSIGN_OR_RETURN(const auto present, FindContact(db, name.county, name.id));
  if (present.empty()) return ContactNotFound("name");
  ASSIGN_OR_RETURN(const auto versions, LoadVersions(db, {{name.county, name.id}}));
  v1::ListContactVersionsResponse response;
  for (const ContactVersion& version : versions) {
    v1::ContactVersion& message = *response.add_versions();
    *message.mutable_contact() = MessageOf(version.contact);
    clock::SetTime(version.change_time, message.mutable_change_time());
    message.set_changed_by(version.changed_by);
    message.set_reason(version.reason);
  }
  return response;
}

}  // namespace tonghu::pairing
