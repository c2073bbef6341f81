#include "services/pairing/app/log_contacts.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/references.h"
#include "libs/status/macros.h"
#include "services/pairing/app/contact_batch.h"
#include "services/pairing/app/messages.h"

namespace tonghu::pairing {
namespace {

// Reads a command. A missing time is InfinitePast, which CheckContact refuses. Errors: refusals.
absl::StatusOr<ReportedContact> Parse(const ContactCommand& command) {
  const std::string& county = *command.county;
  const v1::CreateContactRequest& request = *command.request;
  ASSIGN_OR_RETURN(auto child, ids::IdIn(county, request.contact().child(), "children", "contact.child"));
  ASSIGN_OR_RETURN(auto helper,
                   ids::IdIn(county, request.contact().helper(), "staffMembers", "contact.helper"));
  ReportedContact parsed{
      county,
      {std::move(child), std::move(helper), static_cast<ContactKind>(request.contact().kind()),
       absl::InfinitePast(), request.contact().note(), static_cast<Mood>(request.contact().mood())},
      command.actor,
      command.request_id,
      command.check_child};
  for (const int concern : request.contact().concerns())
    parsed.contact.concerns.push_back(static_cast<Concern>(concern));
  if (request.contact().has_happen_time())
    parsed.contact.happen_time = clock::ToTime(request.contact().happen_time());
  return parsed;
}

// The contact as it was given, with what the service adds.
v1::Contact Reply(const ContactRow& row, const v1::Contact& request) {
  v1::Contact reply = request;
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
                    recorded.concerns == BitsOf(asked.concerns);
  if (!same) return journal::RequestIdReused();
  return present.version == 1 ? Reply(present, request) : MessageOf(present);
}

}  // namespace

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
