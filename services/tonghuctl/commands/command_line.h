// The command line as its commands see it. Only command_line.cpp knows the parser (CLI11 costs every source
// that includes it many seconds).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace tonghu::tonghuctl {

// An option, flag or positional argument. Copies mean the same one; all of them live as long as the command
// line.
class Argument {
 public:
  explicit Argument(CLI::Option* option = nullptr) : option_(option) {}

  Argument Required() const;
  Argument ShowDefault() const;  // in the help
  Argument NotNegative() const;
  Argument ExistingFile() const;
  Argument FromEnvironment(const std::string& variable) const;  // when it was not typed
  Argument Excludes(const Argument& other) const;

  bool Given() const;  // after parsing: typed, or from the environment

 private:
  CLI::Option* option_;
};

// A command, a group of commands, or the program itself. A handle, as Argument is.
class Command {
 public:
  explicit Command(CLI::App* app) : app_(app) {}

  Command Add(const std::string& name, const std::string& what) const;
  void NeedsCommand() const;                         // one of those added must be typed
  void Footer(const std::string& text) const;        // ends the help
  void WhenTyped(std::function<void()> call) const;  // called once all is read

  // `flag` is "--child", a positional's name "CHILD", or both. What was typed is put into `value`, which
  // lives as long as the command line.
  Argument AddOption(const std::string& flag, std::string& value, const std::string& what) const;
  Argument AddOption(const std::string& flag, int& value, const std::string& what) const;
  Argument AddOption(const std::string& flag, std::vector<std::string>& values,
                     const std::string& what) const;
  Argument AddFlag(const std::string& flag, bool& value, const std::string& what) const;
  Argument Find(const std::string& flag) const;  // one added before

 private:
  CLI::App* app_;
};

// The whole program's command line.
class CommandLine {
 public:
  CommandLine(const std::string& name, const std::string& what);
  ~CommandLine();

  Command program();
  // Reads what was typed. False: help was printed, and there is nothing more to do. Errors: usage.
  absl::StatusOr<bool> Parse(int argc, char** argv);

 private:
  const std::unique_ptr<CLI::App> app_;
};

}  // namespace tonghu::tonghuctl
