#include "services/alerts/rpc/duty_owners.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/ids/names.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"
#include "services/alerts/rpc/messages.h"

namespace tonghu::alerts {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(2);

}  // namespace

absl::StatusOr<std::vector<std::string>> DutyOwners::Of(const std::string& county,
                                                        const std::string& child_id) const {
  pairing::v1::ListPairingsRequest request;
  request.set_parent(absl::StrCat("counties/", county));
  request.set_child(NameOf(county, "children", child_id));
  request.set_page_size(1000);
  pairing::v1::ListPairingsResponse response;
  const auto context = rpc::WithDeadline(kPatience);
  const grpc::Status asked = pairings_->ListPairings(context.get(), request, &response);
  if (!asked.ok()) return rpc::FromGrpc(asked);
  std::vector<std::string> helpers;
  for (const auto& pairing : response.pairings()) {
    auto name = ids::ParseName(pairing.helper(), "staffMembers", "helper");
    if (!name.ok()) return name.status();
    if (std::find(helpers.begin(), helpers.end(), name->id) == helpers.end()) helpers.push_back(name->id);
  }
  if (!helpers.empty()) return helpers;
  return refusal::Precondition("CHILD_NOT_PAIRED", "child",
                               "nobody owes the child anything, so no duty can be missed",
                               "该儿童尚未结对，不会产生任务；请先结对再试算");
}

}  // namespace tonghu::alerts
