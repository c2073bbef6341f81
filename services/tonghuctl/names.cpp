#include "services/tonghuctl/names.h"

#include <map>
#include <vector>

#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace registry::v1;

constexpr int kMostAtOnce = 3000;

// "counties/520521" of "counties/520521/children/0193...".
std::string ParentOf(const std::string& resource) {
  return resource.substr(0, resource.find('/', resource.find('/') + 1));
}

}  // namespace

absl::Status LookUp(client::Client& client, const std::set<std::string>& resources, forms::Names* names) {
  std::map<std::string, std::vector<BatchGetDisplayNamesRequest>> requests;  // by county
  for (const std::string& resource : resources) {
    if (names->contains(resource)) continue;
    auto& of_county = requests[ParentOf(resource)];
    if (of_county.empty() || of_county.back().names_size() == kMostAtOnce) {
      of_county.emplace_back().set_parent(ParentOf(resource));
    }
    of_county.back().add_names(resource);
  }
  for (const auto& [county, of_county] : requests) {
    for (const BatchGetDisplayNamesRequest& request : of_county) {
      auto found = client.Call(&DirectoryService::Stub::BatchGetDisplayNames, request);
      if (!found.ok()) return found.status();
      for (const DisplayName& one : found->display_names()) names->emplace(one.name(), one.display_name());
    }
  }
  return absl::OkStatus();
}

}  // namespace tonghu::tonghuctl
