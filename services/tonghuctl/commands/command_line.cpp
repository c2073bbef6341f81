#include "services/tonghuctl/commands/command_line.h"

#include <CLI/CLI.hpp>

#include "services/tonghuctl/exit_code.h"

namespace tonghu::tonghuctl {

Argument Argument::Required() const {
  option_->required();
  return *this;
}

Argument Argument::ShowDefault() const {
  option_->capture_default_str();
  return *this;
}

Argument Argument::NotNegative() const {
  option_->check(CLI::NonNegativeNumber);
  return *this;
}

Argument Argument::ExistingFile() const {
  option_->check(CLI::ExistingFile);
  return *this;
}

Argument Argument::OneOf(const std::vector<std::string>& choices) const {
  option_->check(CLI::IsMember(choices));
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

std::optional<int> CommandLine::Parse(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app_->exit(error) == 0 ? kDone : kUsage;
  }
  return std::nullopt;
}

}  // namespace tonghu::tonghuctl
