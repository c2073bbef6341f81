// Turns commands of the API into inputs of a use case, and its outputs into replies.
#pragma once

#include <vector>

#include "absl/types/span.h"
#include "libs/journal/command_executor.h"
#include "services/alerts/app/context.h"

namespace tonghu::alerts {

// Makes a decider for journal::Service::Command. `unpack` gives the use case's input of a request about a
// county, or a refusal; `run`, given the transaction, decides all inputs; `pack` gives a decided input's
// reply or refusal.
template <class Unpack, class Run, class Pack>
auto Decider(Unpack unpack, Run run, Pack pack) {
  return [=](journal::ShardTransaction& transaction, auto commands) -> absl::Status {
    std::vector<typename decltype(unpack(*commands[0].request, *commands[0].county))::value_type> inputs;
    std::vector<decltype(commands[0].reply)> replies;
    for (const auto& command : commands) {
      auto input = unpack(*command.request, *command.county);
      if (input.ok()) {
        inputs.push_back(*std::move(input));
        replies.push_back(command.reply);
      } else {
        *command.reply = input.status();
      }
    }
    if (inputs.empty()) return absl::OkStatus();
    if (absl::Status decided = run(transaction, absl::MakeSpan(inputs)); !decided.ok()) return decided;
    for (size_t i = 0; i < inputs.size(); ++i) *replies[i] = pack(inputs[i]);
    return absl::OkStatus();
  };
}

// Binds a use case to its context, which outlives the result.
template <class UseCase>
auto With(const Context& context, UseCase use_case) {
  return [&context, use_case](journal::ShardTransaction& transaction, auto inputs) {
    return use_case(transaction, context, inputs);
  };
}

}  // namespace tonghu::alerts
