// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/git_facts.h"

#include <fmt/format.h>
#include <git2.h>

#include <array>
#include <filesystem>
#include <memory>
#include <utility>

#include "daemon/adapters/disk/names.h"
#include "daemon/core/model/failure.h"

namespace rollout {
namespace {

template <auto Free>
struct Freeing {
  template <class T>
  void operator()(T* thing) const {
    Free(thing);
  }
};
using Repository = std::unique_ptr<git_repository, Freeing<git_repository_free>>;
using Reference = std::unique_ptr<git_reference, Freeing<git_reference_free>>;
using Object = std::unique_ptr<git_object, Freeing<git_object_free>>;
using StatusList = std::unique_ptr<git_status_list, Freeing<git_status_list_free>>;

/// Whether the directory or one above it may be a repository. Starting libgit2 reads all of the
/// system's certificates, which costs more than the rest of a small create.
bool may_be_in_repository(const std::string& directory) {
  std::error_code failure;
  const auto start = std::filesystem::canonical(directory, failure);
  if (failure) return true;  // It is libgit2's to say what is wrong.
  for (auto at = start;; at = at.parent_path()) {
    for (const char* const sign : {".git", "HEAD"}) {  // The second is of a bare one.
      if (std::filesystem::exists(at / sign, failure) || failure) return true;
    }
    if (!at.has_relative_path()) return false;
  }
}

/// libgit2 counts its users; it is up while one of these lives.
class Library {
 public:
  Library() { git_libgit2_init(); }
  ~Library() { git_libgit2_shutdown(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
};

std::unexpected<std::string> failed(const std::string& where) {
  const git_error* error = git_error_last();
  return std::unexpected(fmt::format(
      "{}: {}", shown(where), error != nullptr ? error->message : "libgit2 gives no reason"));
}

std::string hex(const git_oid& id) {
  std::array<char, GIT_OID_HEXSZ + 1> text{};
  return git_oid_tostr(text.data(), text.size(), &id);
}

struct TagSearch {
  git_repository* repository;
  const git_oid* commit;
  std::string best;
};

int visit_tag(const char* name, git_oid* id, void* payload) {
  auto& search = *static_cast<TagSearch*>(payload);
  git_object* raw = nullptr;
  if (git_object_lookup(&raw, search.repository, id, GIT_OBJECT_ANY) != 0) return 0;
  const Object object(raw);
  git_object* peeled_raw = nullptr;
  if (git_object_peel(&peeled_raw, object.get(), GIT_OBJECT_COMMIT) != 0) return 0;
  const Object peeled(peeled_raw);
  if (git_oid_equal(git_object_id(peeled.get()), search.commit) == 0) return 0;
  constexpr std::string_view kPrefix = "refs/tags/";
  std::string_view text = name;
  if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
  if (text > search.best) search.best = text;
  return 0;
}

std::expected<GitFacts::Tree, std::string> tree_state(git_repository* repository,
                                                      const std::string& where) {
  if (git_repository_is_bare(repository) != 0) return GitFacts::Tree::clean;
  git_status_options options;
  git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
  options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
  options.flags = GIT_STATUS_OPT_EXCLUDE_SUBMODULES;  // Untracked files do not make it dirty.
  git_status_list* raw = nullptr;
  if (git_status_list_new(&raw, repository, &options) != 0) return failed(where);
  const StatusList list(raw);
  return git_status_list_entrycount(list.get()) == 0 ? GitFacts::Tree::clean
                                                     : GitFacts::Tree::dirty;
}

std::expected<std::optional<RepositoryFacts>, std::string> read(git_repository* repository) {
  const char* work_tree = git_repository_workdir(repository);
  const std::string place = work_tree != nullptr ? work_tree : git_repository_path(repository);
  git_reference* head_raw = nullptr;
  const int found = git_repository_head(&head_raw, repository);
  if (found == GIT_EUNBORNBRANCH || found == GIT_ENOTFOUND) return std::nullopt;
  if (found != 0) return failed(place);
  const Reference head(head_raw);
  git_object* raw = nullptr;
  if (git_reference_peel(&raw, head.get(), GIT_OBJECT_COMMIT) != 0) return failed(place);
  const Object object(raw);
  auto* commit = reinterpret_cast<git_commit*>(object.get());

  RepositoryFacts facts;
  facts.where = fmt::format("git HEAD of {}", place);
  facts.git.commit = hex(*git_commit_id(commit));
  if (git_reference_is_branch(head.get()) != 0) {
    facts.git.branch = git_reference_shorthand(head.get());
  }
  if (const char* subject = git_commit_summary(commit)) facts.git.subject = subject;
  if (const git_signature* author = git_commit_author(commit)) facts.git.author = author->name;
  TagSearch search{repository, git_commit_id(commit), ""};
  if (git_tag_foreach(repository, visit_tag, &search) != 0) return failed(place);
  facts.git.tag = search.best;
  TRY_ASSIGN(facts.git.tree, tree_state(repository, place));
  return facts;
}

}  // namespace

std::expected<std::optional<RepositoryFacts>, std::string> git_facts(const std::string& directory) {
  if (!may_be_in_repository(directory)) return std::nullopt;
  const Library library;
  git_buf found = GIT_BUF_INIT;
  const int discovered = git_repository_discover(&found, directory.c_str(), 0, nullptr);
  git_buf_dispose(&found);
  if (discovered == GIT_ENOTFOUND) return std::nullopt;
  if (discovered != 0) return failed(directory);
  git_repository* raw = nullptr;
  const int opened = git_repository_open_ext(&raw, directory.c_str(), 0, nullptr);
  // libgit2 1.5.1 says GIT_ENOTFOUND, of `safe.directory`, where it means GIT_EOWNER.
  if (opened == GIT_EOWNER || opened == GIT_ENOTFOUND) {
    return std::unexpected(
        fmt::format("the repository that holds {} belongs to another user, and libgit2 does not "
                    "read those: its configuration could be hostile. Let `rolloutctl mark --git` "
                    "write the git facts when the build is made, or add the repository to "
                    "`safe.directory` in /etc/gitconfig",
                    shown(directory)));
  }
  if (opened != 0) return failed(directory);
  const Repository repository(raw);
  return read(repository.get());
}

}  // namespace rollout
