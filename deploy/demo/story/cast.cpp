#include "deploy/demo/story/cast.h"

#include <fmt/core.h>

#include <algorithm>

#include "libs/ids/names.h"
#include "tonghu/registry/v1/child_service.grpc.pb.h"
#include "tonghu/registry/v1/directory_service.grpc.pb.h"

namespace tonghu::demo {
namespace {

absl::Status ReadStaff(client::Client& clients, const std::string& county, Cast& cast) {
  registry::v1::ListStaffMembersRequest request;
  request.set_parent("counties/" + county);
  return clients.ForEachPage(&registry::v1::DirectoryService::Stub::ListStaffMembers, request,
                             [&](const auto& page) {
                               for (const auto& member : page.staff_members())
                                 cast.staff_names[member.name()] = member.display_name();
                             });
}

absl::Status ReadSchool(client::Client& clients, School& school) {
  registry::v1::ListSchoolsRequest schools;
  schools.set_parent("counties/" + school.county);
  auto found = clients.Call(&registry::v1::DirectoryService::Stub::ListSchools, schools);
  if (!found.ok()) return found.status();
  if (found->schools_size() != 1)
    return absl::FailedPreconditionError(
        fmt::format("county {} has {} schools, not one", school.county, found->schools_size()));
  school.name = found->schools(0).name();
  school.display_name = found->schools(0).display_name();

  registry::v1::ListPostsRequest posts;
  posts.set_parent("counties/" + school.county);
  absl::Status read =
      clients.ForEachPage(&registry::v1::DirectoryService::Stub::ListPosts, posts, [&](const auto& page) {
        for (const auto& post : page.posts()) {
          if (!post.holder().empty())
            school.officers[ids::ParseName(post.name(), "posts", "name")->id] = post.holder();
        }
      });
  if (!read.ok()) return read;

  const std::string school_id = ids::ParseName(school.name, "schools", "name")->id;
  registry::v1::ListChildrenRequest children;
  children.set_parent("counties/" + school.county);
  read =
      clients.ForEachPage(&registry::v1::ChildService::Stub::ListChildren, children, [&](const auto& page) {
        for (const auto& child : page.children()) {
          const std::string post =
              fmt::format("class_teacher-{}-{}-{}", school_id, child.grade(), child.class_number());
          school.children.push_back({child.name(), child.display_name(), school.officers[post],
                                     child.sex() == registry::v1::SEX_MALE, child.grade(),
                                     child.care_level() == registry::v1::CARE_LEVEL_FOCUS});
        }
      });
  // The story names children by their place in the list, so the order must not depend on ids.
  std::sort(school.children.begin(), school.children.end(), [](const Member& a, const Member& b) {
    return std::tie(a.grade, a.display_name, a.name) < std::tie(b.grade, b.display_name, b.name);
  });
  return read;
}

}  // namespace

absl::StatusOr<Cast> ReadCast(client::Client& clients) {
  Cast cast;
  cast.village.county = kVillage;
  cast.mining.county = kMining;
  for (School* school : {&cast.village, &cast.mining}) {
    if (absl::Status read = ReadSchool(clients, *school); !read.ok()) return read;
    if (absl::Status read = ReadStaff(clients, school->county, cast); !read.ok()) return read;
  }
  return cast;
}

}  // namespace tonghu::demo
