// How a command is added to the command line.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/forms/form.h"
#include "services/tonghuctl/commands/command_line.h"
#include "services/tonghuctl/session.h"

namespace tonghu::tonghuctl {

struct Verb {
  const char* name;
  const char* what;     // one sentence
  const char* example;  // without "tonghuctl"
};

// Adds `verb` with its help to `group`; `chosen` is called when it was typed.
Command AddVerb(Command group, const Verb& verb, std::function<void()> chosen);

// The same for a command with options: `run` gets them filled in. They live as long as the command line.
template <class Options>
std::pair<Command, Options&> AddCommand(Command group, Session& session, const Verb& verb,
                                        absl::Status (*run)(Session&, const Options&)) {
  auto options = std::make_shared<Options>();
  const auto chosen = [&session, options, run] {
    session.chosen = [options, run](Session& s) { return run(s, *options); };
  };
  return {AddVerb(group, verb, chosen), *options};
}

// A group of commands, such as "child".
Command AddGroup(Command app, const char* name, const char* what);

// --county.
void AddCounty(Command command, std::string& county);

void AddClock(Command app, Session& session);
void AddDoctor(Command app, Session& session);
void AddImport(Command app, Session& session);
void AddQuarantine(Command app, Session& session);
void AddReport(Command app, Session& session);
void AddStatus(Command app, Session& session);

// Commands of groups whose others are forms.
void AddAlertWatch(Command group, Session& session);
inline constexpr std::string_view kContactLogMethod = "pairing.v1.ContactService.CreateContact";
void AddContactLog(Command group, Session& session, const forms::Form& form);
void AddPairByClass(Command group, Session& session);

}  // namespace tonghu::tonghuctl
