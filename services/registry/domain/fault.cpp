#include "services/registry/domain/fault.h"

#include <fmt/format.h>

namespace tonghu::registry {

void AddInvalid(Faults& faults, std::string_view reason, std::string_view field, std::string_view message,
                std::string_view message_zh) {
  faults.push_back({absl::StatusCode::kInvalidArgument, std::string(reason), std::string(field),
                    std::string(message), std::string(message_zh)});
}

absl::Status Refuse(const Faults& faults, std::string_view prefix) {
  if (faults.empty()) return absl::OkStatus();
  // A caller is told of the first fault; a roster lists all of them.
  Fault first = faults.front();
  first.field = fmt::format("{}{}", prefix, first.field);
  return refusal::Make(first);
}

}  // namespace tonghu::registry
