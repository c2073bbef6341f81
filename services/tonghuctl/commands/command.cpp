#include "services/tonghuctl/commands/command.h"

namespace tonghu::tonghuctl {

Command AddVerb(Command group, const Verb& verb, std::function<void()> chosen) {
  const Command command = group.Add(verb.name, verb.what);
  command.Footer(std::string("Example: tonghuctl ") + verb.example +
                 "\nAlso --json, --timeout, --state and --endpoints: see tonghuctl --help.");
  command.WhenTyped(std::move(chosen));
  return command;
}

Command AddGroup(Command app, const char* name, const char* what) {
  const Command group = app.Add(name, what);
  group.NeedsCommand();
  return group;
}

void AddCounty(Command command, std::string& county) {
  command.AddOption("--county", county, "The county's six digits; full names say it too")
      .FromEnvironment("TONGHU_COUNTY");
}

}  // namespace tonghu::tonghuctl
