#include "services/tonghuctl/commands/command.h"

namespace tonghu::tonghuctl {

CLI::App& AddGroup(CLI::App& app, const char* name, const char* what) {
  CLI::App* group = app.add_subcommand(name, what);
  group->require_subcommand(1);
  return *group;
}

CLI::Option* AddCounty(CLI::App* command, std::string& county) {
  return command->add_option("--county", county, "The county's six digits; full names say it too")
      ->envname("TONGHU_COUNTY");
}

void AddPaging(CLI::App* command, PageOptions& paging, int page_size) {
  paging.page_size = page_size;
  command->add_option("--limit", paging.limit, "At most this many; 0 for all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--page-token", paging.page_token, "Go on where an earlier list was cut");
}

}  // namespace tonghu::tonghuctl
