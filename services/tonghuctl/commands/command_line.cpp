#include "services/tonghuctl/commands/command_line.h"

#include <CLI/CLI.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "services/tonghuctl/exit_code.h"

namespace tonghu::tonghuctl {
namespace {

// The parser says first what is missing; a word it could not place (a misspelt command or option) is why.
std::string Sentence(const CLI::App& app, const CLI::ParseError& error) {
  std::string sentence = error.what();
  const std::vector<std::string> unplaced = app.remaining(/*recurse=*/true);
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !unplaced.empty())
    sentence += "; not understood: " + absl::StrJoin(unplaced, " ");
  return sentence;
}

// The parser's own check writes the range of a double in full.
std::string NegativeOrEmpty(const std::string& text) {
  return absl::StartsWith(text, "-") ? "should be 0 or more" : "";
}

}  // namespace

Argument Argument::Required() const {
  option_->required();
  return *this;
}

Argument Argument::ShowDefault() const {
  option_->capture_default_str();
  return *this;
}

Argument Argument::NotNegative() const {
  option_->check(NegativeOrEmpty, "NONNEGATIVE");
  return *this;
}

Argument Argument::ExistingFile() const {
  option_->check(CLI::ExistingFile);
  return *this;
}

Argument Argument::FromEnvironment(const std::string& variable) const {
  option_->envname(variable);
  return *this;
}

Argument Argument::Excludes(const Argument& other) const {
  option_->excludes(other.option_);
  return *this;
}

bool Argument::Given() const { return option_->count() > 0; }

Command Command::Add(const std::string& name, const std::string& what) const {
  return Command(app_->add_subcommand(name, what));
}

void Command::NeedsCommand() const { app_->require_subcommand(1); }

void Command::Footer(const std::string& text) const { app_->footer(text); }

void Command::WhenTyped(std::function<void()> call) const { app_->callback(std::move(call)); }

Argument Command::AddOption(const std::string& flag, std::string& value, const std::string& what) const {
  return Argument(app_->add_option(flag, value, what));
}

Argument Command::AddOption(const std::string& flag, int& value, const std::string& what) const {
  return Argument(app_->add_option(flag, value, what));
}

Argument Command::AddOption(const std::string& flag, std::vector<std::string>& values,
                            const std::string& what) const {
  return Argument(app_->add_option(flag, values, what));
}

Argument Command::AddFlag(const std::string& flag, bool& value, const std::string& what) const {
  return Argument(app_->add_flag(flag, value, what));
}

Argument Command::Find(const std::string& flag) const { return Argument(app_->get_option(flag)); }

CommandLine::CommandLine(const std::string& name, const std::string& what)
    : app_(std::make_unique<CLI::App>(what, name)) {
  app_->fallthrough();  // the program's own options may stand anywhere
  program().NeedsCommand();
}

CommandLine::~CommandLine() = default;

Command CommandLine::program() { return Command(app_.get()); }

absl::StatusOr<bool> CommandLine::Parse(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::Success& help) {
    app_->exit(help);
    return false;
  } catch (const CLI::ParseError& error) {
    return UsageError(Sentence(*app_, error));
  }
  return true;
}

}  // namespace tonghu::tonghuctl
