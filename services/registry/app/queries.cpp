#include "services/registry/app/queries.h"

#include "libs/refusal/refusal.h"

namespace tonghu::registry {

absl::Status ChildNotFound(std::string_view field) {
  return refusal::NotFound("CHILD_NOT_FOUND", field, "there is no such child",
                           "没有找到该儿童档案，请核对编号。");
}

}  // namespace tonghu::registry
