#include <set>

#include "absl/strings/str_cat.h"
#include "libs/ids/references.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/answer.h"
#include "services/pairing/app/lines.h"
#include "services/pairing/app/messages.h"
#include "services/pairing/app/pairings.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/postgres/load_store.h"

namespace tonghu::pairing {
namespace {

// A pairing that is wanted, and the path of the pairing in its request, with a dot: "pairing.".
struct Wanted {
  PairingRow row;
  std::string at;
};

// Reads a pairing into a row without id, line and times, which Begin sets. Errors: refusals.
absl::StatusOr<Wanted> Parse(const std::string& county, const v1::Pairing& pairing, std::string at) {
  ASSIGN_OR_RETURN(auto child, ids::IdIn(county, pairing.child(), "children", at + "child"));
  ASSIGN_OR_RETURN(auto helper, ids::IdIn(county, pairing.helper(), "staffMembers", at + "helper"));
  if (pairing.role() <= 0 || !v1::PairingRole_IsValid(pairing.role())) return RoleMissing(at + "role");
  return Wanted{{.county = county,
                 .child_id = std::move(child),
                 .helper_id = std::move(helper),
                 .role = static_cast<PairingRole>(pairing.role()),
                 .basis = PairingBasis::kChosen},
                std::move(at)};
}

// The refusal that follows from what the tables say; OK when the pairing may begin.
absl::Status Check(const PairingCheck& check, const std::string& at) {
  if (!check.child_known) return UnknownChild(at + "child");
  if (!check.helper_known) return UnknownStaff(at + "helper");
  if (check.paired) {
    return refusal::Exists("ALREADY_PAIRED", at + "helper", "this helper is already paired with this child",
                           "该帮扶人已与该儿童结对，无需重复办理");
  }
  return absl::OkStatus();
}

// Judges pairings as if they were made one after the other, in one go: the second of two equal ones is
// refused, and so is one too many for its helper. Sets the places of those that may begin. Gives a status for
// each.
absl::StatusOr<std::vector<absl::Status>> Judge(postgres::Connection& db, std::vector<Wanted>& wanted) {
  std::vector<PairingRow> rows;
  for (const Wanted& one : wanted) rows.push_back(one.row);
  ASSIGN_OR_RETURN(const auto checks, CheckPairings(db, rows));
  ASSIGN_OR_RETURN(Loads loads, LoadLoads(db, rows));
  std::set<std::string> seen;
  std::vector<absl::Status> judged;
  for (size_t i = 0; i < wanted.size(); ++i) {
    PairingRow& row = wanted[i].row;
    PairingCheck check = checks[i];
    check.paired |= seen.contains(absl::StrCat(row.county, "/", row.child_id, "/", row.helper_id));
    absl::Status status = Check(check, wanted[i].at);
    if (status.ok()) status = loads.Take(row.county, row.helper_id, row.role, wanted[i].at + "helper");
    if (status.ok()) seen.insert(absl::StrCat(row.county, "/", row.child_id, "/", row.helper_id));
    row.place = check.place;
    judged.push_back(std::move(status));
  }
  return judged;
}

// Reads the pairings of a batch. Errors: refusals.
absl::StatusOr<std::vector<Wanted>> ParseAll(const std::string& county,
                                             const v1::BatchCreatePairingsRequest& request) {
  if (request.requests().empty() || request.requests_size() > kLargestBatch) {
    return refusal::Invalid("BATCH_SIZE", "requests", "1 to 1000 pairings are needed",
                            "每次可办理1至1000对结对，请分批办理。");
  }
  std::vector<Wanted> wanted;
  for (const v1::CreatePairingRequest& one : request.requests()) {
    const std::string at = absl::StrCat("requests[", wanted.size(), "].");
    if (!one.parent().empty() && one.parent() != request.parent()) {
      return refusal::Invalid("COUNTY_MISMATCH", at + "parent",
                              "all pairings must be of the request's county",
                              "各行结对须属于同一县，请核对。");
    }
    ASSIGN_OR_RETURN(auto parsed, Parse(county, one.pairing(), at + "pairing."));
    wanted.push_back(std::move(parsed));
  }
  return wanted;
}

// Makes all pairings of a batch, or none. Errors: refusals, before anything is written.
absl::StatusOr<v1::BatchCreatePairingsResponse> MakeAll(journal::ShardTransaction& transaction,
                                                        ids::Source& ids, const std::string& county,
                                                        const v1::BatchCreatePairingsRequest& request) {
  ASSIGN_OR_RETURN(auto wanted, ParseAll(county, request));
  ASSIGN_OR_RETURN(const auto judged, Judge(transaction.db(), wanted));
  std::vector<PairingRow> made;
  for (size_t i = 0; i < wanted.size(); ++i) {
    RETURN_IF_ERROR(judged[i]);
    made.push_back(std::move(wanted[i].row));
  }
  RETURN_IF_ERROR(Begin(transaction, ids, made));
  v1::BatchCreatePairingsResponse response;
  for (const PairingRow& row : made) *response.add_pairings() = MessageOf(row);
  return response;
}

}  // namespace

absl::Status CreatePairings::operator()(journal::ShardTransaction& transaction,
                                        CreatePairingCommandHandler::Commands commands) const {
  std::vector<Wanted> wanted;
  std::vector<size_t> places;  // of `wanted` in `commands`
  for (size_t i = 0; i < commands.size(); ++i) {
    auto parsed = Parse(*commands[i].county, commands[i].request->pairing(), "pairing.");
    if (!parsed.ok()) {
      *commands[i].reply = parsed.status();
      continue;
    }
    wanted.push_back(std::move(*parsed));
    places.push_back(i);
  }
  if (wanted.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto judged, Judge(transaction.db(), wanted));
  std::vector<PairingRow> made;
  std::vector<size_t> answered;
  for (size_t k = 0; k < wanted.size(); ++k) {
    if (judged[k].ok()) {
      made.push_back(std::move(wanted[k].row));
      answered.push_back(places[k]);
    } else {
      *commands[places[k]].reply = judged[k];
    }
  }
  RETURN_IF_ERROR(Begin(transaction, ids_, made));
  for (size_t i = 0; i < made.size(); ++i) *commands[answered[i]].reply = MessageOf(made[i]);
  return absl::OkStatus();
}

absl::Status CreatePairings::operator()(journal::ShardTransaction& transaction,
                                        BatchCreatePairingsCommandHandler::Commands commands) const {
  for (const auto& command : commands) {
    RETURN_IF_ERROR(Answer(command, MakeAll(transaction, ids_, *command.county, *command.request)));
  }
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
