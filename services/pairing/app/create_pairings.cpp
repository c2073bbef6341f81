#include <set>

#include "absl/strings/str_cat.h"
#include "libs/ids/references.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/pairing/app/lines.h"
#include "services/pairing/app/messages.h"
#include "services/pairing/app/pairings.h"
#include "services/pairing/domain/refusals.h"

namespace tonghu::pairing {
namespace {

// Reads a command into a row without id, line and times, which Begin sets. Errors: refusals.
absl::StatusOr<PairingRow> Parse(const std::string& county, const v1::Pairing& pairing) {
  ASSIGN_OR_RETURN(auto child, ids::IdIn(county, pairing.child(), "children", "pairing.child"));
  ASSIGN_OR_RETURN(auto helper, ids::IdIn(county, pairing.helper(), "staffMembers", "pairing.helper"));
  if (pairing.role() <= 0 || !v1::PairingRole_IsValid(pairing.role())) {
    return refusal::Invalid("PAIRING_ROLE_MISSING", "pairing.role", "pairing.role must be given",
                            "请填写结对身份（如班主任、帮扶教师、代理家长）");
  }
  return PairingRow{.county = county,
                    .child_id = std::move(child),
                    .helper_id = std::move(helper),
                    .role = static_cast<PairingRole>(pairing.role()),
                    .basis = PairingBasis::kChosen};
}

// The refusal that follows from what the tables say; OK when the pairing may begin.
absl::Status Check(const PairingCheck& check) {
  if (!check.child_known) return UnknownChild("pairing.child");
  if (!check.helper_known) return UnknownStaff("pairing.helper");
  if (check.paired) {
    return refusal::Exists("ALREADY_PAIRED", "pairing.helper",
                           "this helper is already paired with this child",
                           "该帮扶人已与该儿童结对，无需重复办理");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CreatePairings::operator()(journal::ShardTransaction& transaction,
                                        CreatePairingCommandHandler::Commands commands) const {
  std::vector<PairingRow> wanted, made;
  // The places of `wanted` in `commands`.
  std::vector<size_t> open;
  for (size_t i = 0; i < commands.size(); ++i) {
    auto row = Parse(*commands[i].county, commands[i].request->pairing());
    if (!row.ok()) {
      *commands[i].reply = row.status();
      continue;
    }
    wanted.push_back(std::move(*row));
    open.push_back(i);
  }
  if (wanted.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto checks, CheckPairings(transaction.db(), wanted));
  std::set<std::string> in_batch;
  std::vector<size_t> places;  // of `made` in commands
  for (size_t k = 0; k < wanted.size(); ++k) {
    PairingRow& row = wanted[k];
    PairingCheck& check = checks[k];
    // The batch is checked as if its commands came one after the other: the second of two equal ones is
    // refused.
    check.paired |= !in_batch.insert(absl::StrCat(row.county, "/", row.child_id, "/", row.helper_id)).second;
    if (absl::Status checked = Check(check); !checked.ok()) {
      *commands[open[k]].reply = checked;
      continue;
    }
    row.place = check.place;
    made.push_back(std::move(row));
    places.push_back(open[k]);
  }
  RETURN_IF_ERROR(Begin(transaction, ids_, made));
  for (size_t i = 0; i < made.size(); ++i) *commands[places[i]].reply = MessageOf(made[i]);
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
