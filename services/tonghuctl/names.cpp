#include "services/tonghuctl/names.h"

#include <map>
#include <vector>

#include "libs/forms/typed.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using pairing::v1::BatchGetLastContactsRequest;
using pairing::v1::ContactService;
using registry::v1::BatchGetDisplayNamesRequest;
using registry::v1::DirectoryService;

constexpr size_t kMostAtOnce = 1000;

// "counties/520521" of "counties/520521/children/0193...".
std::string ParentOf(const std::string& resource) {
  return resource.substr(0, resource.find('/', resource.find('/') + 1));
}

// Resource names of one county, as many as one call takes.
struct Part {
  std::string parent;
  std::vector<std::string> names;
};

void Add(std::map<std::string, std::vector<Part>>& parts, const std::string& name) {
  const std::string parent = ParentOf(name);
  auto& of_county = parts[parent];
  if (of_county.empty() || of_county.back().names.size() == kMostAtOnce) of_county.push_back({parent, {}});
  of_county.back().names.push_back(name);
}

absl::Status LookUpNames(client::Client& client, const Part& part, forms::Names* names) {
  BatchGetDisplayNamesRequest request;
  request.set_parent(part.parent);
  request.mutable_names()->Assign(part.names.begin(), part.names.end());
  auto found = client.Call(&DirectoryService::Stub::BatchGetDisplayNames, request);
  if (!found.ok()) return found.status();
  for (const auto& one : found->display_names()) names->emplace(one.name(), one.display_name());
  return absl::OkStatus();
}

absl::Status LookUpContacts(client::Client& client, const Part& part, forms::Names* names) {
  BatchGetLastContactsRequest request;
  request.set_parent(part.parent);
  request.mutable_children()->Assign(part.names.begin(), part.names.end());
  auto found = client.Call(&ContactService::Stub::BatchGetLastContacts, request);
  if (!found.ok()) return found.status();
  for (const auto& one : found->last_contacts())
    names->emplace(forms::LastContactOf(one.child()), forms::TimeText(one.happen_time()));
  return absl::OkStatus();
}

}  // namespace

absl::Status LookUp(client::Client& client, const std::set<std::string>& resources, forms::Names* names) {
  std::map<std::string, std::vector<Part>> named, contacted;  // by county
  for (const std::string& resource : resources) {
    if (names->contains(resource)) continue;
    const std::string child = forms::ChildOfLastContact(resource);
    Add(child.empty() ? named : contacted, child.empty() ? resource : child);
  }
  for (const auto& [parts, look_up] :
       {std::pair(&named, &LookUpNames), std::pair(&contacted, &LookUpContacts)}) {
    for (const auto& [county, of_county] : *parts) {
      for (const Part& part : of_county) {
        if (absl::Status found = look_up(client, part, names); !found.ok()) return found;
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace tonghu::tonghuctl
