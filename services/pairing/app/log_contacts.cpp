#include "services/pairing/app/log_contacts.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/references.h"
#include "libs/status/macros.h"
#include "services/pairing/app/messages.h"

namespace tonghu::pairing {
namespace {

// Reads a command. Errors: refusals.
absl::StatusOr<ReportedContact> Parse(const ContactCommand& command) {
  const std::string& county = *command.county;
  const v1::Contact& said = command.request->contact();
  ASSIGN_OR_RETURN(auto child, ids::IdIn(county, said.child(), "children", "contact.child"));
  ASSIGN_OR_RETURN(ReportedContact parsed, Reported(county, said));
  parsed.contact.child_id = std::move(child);
  parsed.actor = command.actor;
  parsed.request_id = command.request_id;
  parsed.check_child = command.check_child;
  return parsed;
}

// The contact as it was given, with what the service adds.
v1::Contact Reply(const ContactRow& row, const v1::Contact& request) {
  v1::Contact reply = request;
  reply.clear_group();
  reply.set_version(row.version);
  reply.set_name(absl::StrCat("counties/", row.county, "/contacts/", row.contact_id));
  clock::SetTime(row.report_time, reply.mutable_report_time());
  SetClosedDuties(row, reply);
  return reply;
}

// The answer to a contact whose request id the contact `present` of the same child came with, which said
// `recorded` then. Errors: RequestIdReused, when anything that counts differs.
absl::StatusOr<v1::Contact> ReplyAgain(const ContactRow& present, const ContactRow& recorded,
                                       const Contact& asked, const v1::Contact& request) {
  const bool same = recorded.helper_id == asked.helper_id && recorded.kind == asked.kind &&
                    absl::ToUnixMicros(recorded.happen_time) == absl::ToUnixMicros(asked.happen_time) &&
                    recorded.note == asked.note && recorded.mood == asked.mood &&
                    recorded.concerns == BitsOf(asked.concerns) &&
                    recorded.together_with == absl::StrJoin(asked.together_with, " ");
  if (!same) return journal::RequestIdReused();
  return present.version == 1 ? Reply(present, request) : MessageOf(present);
}

}  // namespace

absl::StatusOr<ReportedContact> Reported(const std::string& county, const v1::Contact& contact) {
  ASSIGN_OR_RETURN(auto helper, ids::IdIn(county, contact.helper(), "staffMembers", "contact.helper"));
  ReportedContact reported{county,
                           {"", std::move(helper), static_cast<ContactKind>(contact.kind()),
                            absl::InfinitePast(), contact.note(), static_cast<Mood>(contact.mood())},
                           nullptr,
                           nullptr,
                           nullptr};
  for (const int concern : contact.concerns())
    reported.contact.concerns.push_back(static_cast<Concern>(concern));
  if (!contact.together_with().empty()) {
    ASSIGN_OR_RETURN(reported.contact.together_with, TogetherIn(county, contact));
  }
  if (contact.has_happen_time()) reported.contact.happen_time = clock::ToTime(contact.happen_time());
  return reported;
}

absl::Status LogContacts::operator()(journal::ShardTransaction& transaction,
                                     ContactCommandHandler::Commands commands) const {
  std::vector<ReportedContact> parsed;
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
  ContactBatch batch(transaction, ids_);
  RETURN_IF_ERROR(batch.Load(std::move(parsed)));
  for (size_t k = 0; k < open.size(); ++k) {
    const ContactCommand& command = commands[open[k]];
    if (absl::Status checked = batch.Check(k); !checked.ok()) {
      *command.reply = std::move(checked);
      continue;
    }
    if (const ContactRow* recorded = batch.Recorded(k); recorded != nullptr) {
      *command.reply =
          ReplyAgain(*recorded, batch.AtFirst(*recorded), batch.Reported(k), command.request->contact());
      continue;
    }
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
