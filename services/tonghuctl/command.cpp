#include "services/tonghuctl/command.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/numbers.h"
#include "libs/forms/typed.h"
#include "services/tonghuctl/exit_code.h"

namespace tonghu::tonghuctl {

bool Arguments::Has(std::string_view option) const {
  return std::any_of(answers.typed.begin(), answers.typed.end(),
                     [option](const auto& one) { return one.first->option() == option; });
}

std::string Arguments::Text(std::string_view option) const {
  for (const auto& [field, texts] : answers.typed) {
    if (field->option() == option) return texts.front();
  }
  return "";
}

int Arguments::Number(std::string_view option) const {
  int number = 0;
  return absl::SimpleAtoi(Text(option), &number) ? number : 0;
}

absl::StatusOr<absl::Duration> Arguments::Duration(std::string_view option) const {
  auto duration = forms::ParseDuration(Text(option));
  if (duration.ok()) return duration;
  return UsageError(fmt::format("{} {}", option, std::string(duration.status().message())));
}

}  // namespace tonghu::tonghuctl
