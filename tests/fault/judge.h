// Compares what the services answer with what the model says must be so.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/fault/ask.h"
#include "tests/fault/model/model.h"

namespace tonghu::fault {

// What a comparison looks at, by name: "children", "pairings", "duties", "closings", "contacts", "alerts",
// "entries", "notifications", "figures", "uncovered"; and "answers": what callers were told on the way.
struct Difference {
  std::string comparison;
  std::string county;  // "counties/520324"; empty: any
  std::string text;
};

// Asks the services for everything about `counties` through their public APIs. The system is quiet, the model
// has all that was said. Empty: all is as it must be.
std::vector<Difference> Judge(client::Client& clients, const model::Model& model,
                              const std::vector<std::string>& counties);

// For a reader: at most `most` of each comparison, with everything that was said about the child they name.
std::string ToText(const std::vector<Difference>& differences, const std::vector<model::Fact>& facts,
                   size_t most = 2);

// One side of a comparison: what each thing looks like, by a key that both sides form alike.
using Side = std::map<std::string, std::string>;

// The sides of a county that the services answer (judge_services.cpp), and those of the model
// (judge_model.cpp). Errors: of the call that failed.
absl::StatusOr<std::map<std::string, Side>> SidesOf(client::Client& clients, const std::string& county,
                                                    const model::Model& model);
std::map<std::string, Side> SidesOf(const model::Model& model, const std::string& county);

// Weeks further ahead than this may be made or not: that is done four weeks ahead, once a week.
inline constexpr absl::Duration kSurelyMade = absl::Hours(24 * 21);

// How both write the same things.
std::string At(absl::Time time);  // InfinitePast: "-"
std::string AlertKey(const model::Subject& subject);
// What an alert is about, in the model's terms; `duty` is the missed one, else null.
model::Subject SubjectOf(const alerts::v1::Alert& alert, const pairing::v1::Duty* duty);

}  // namespace tonghu::fault
