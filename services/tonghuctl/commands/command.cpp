#include "services/tonghuctl/commands/command.h"

namespace tonghu::tonghuctl {

Command AddVerb(Command group, const Verb& verb, std::function<void()> chosen) {
  const Command command = group.Add(verb.name, verb.what);
  command.Footer(std::string("Example: tonghuctl ") + verb.example +
                 "\nAlso --json, --timeout, --state and --endpoints: see tonghuctl --help.");
  command.WhenTyped(std::move(chosen));
  return command;
}

int CountOf(const google::protobuf::Message& page) {
  const auto& type = *page.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->is_repeated()) return page.GetReflection()->FieldSize(page, type.field(i));
  }
  return 0;
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

void AddPaging(Command command, PageOptions& paging, int page_size) {
  paging.page_size = page_size;
  command.AddOption("--limit", paging.limit, "At most this many; 0 for all").NotNegative().ShowDefault();
  command.AddOption("--page-token", paging.page_token, "Go on where an earlier list was cut");
}

}  // namespace tonghu::tonghuctl
