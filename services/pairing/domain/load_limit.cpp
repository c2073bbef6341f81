#include "services/pairing/domain/load_limit.h"

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace tonghu::pairing {

const std::map<PairingRole, int>& BuiltInLimits() {
  static const auto& limits =
      *new std::map<PairingRole, int>{{PairingRole::kHelperTeacher, 2}, {PairingRole::kSchoolLeader, 7}};
  return limits;
}

absl::Status Loads::Take(const std::string& county, const std::string& helper_id, PairingRole role,
                         std::string_view field) {
  Load& load = loads_[{{county, helper_id}, role}];
  if (load.full()) {
    return refusal::Precondition(
        "LOAD_LIMIT_REACHED", field,
        absl::StrCat("the helper would look after ", load.children + 1,
                     " children in this role, and the limit is ", load.most,
                     "; choose another helper, or put another limit"),
        absl::StrCat("该帮扶人以此身份已结对", load.children, "名儿童，上限为", load.most,
                     "名。请改选其他帮扶人；确需增加的，请由县级先调整结对上限。"));
  }
  ++load.children;
  return absl::OkStatus();
}

}  // namespace tonghu::pairing
