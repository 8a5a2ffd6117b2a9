// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/disk/marker.h"

#include <git2.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "daemon/adapters/disk/git_facts.h"
#include "daemon/codec/sha256.h"
#include "tests/adapters/disk/build_dir.h"

namespace rollout {
namespace {

namespace fs = std::filesystem;

std::string hash() {
  return sha256("x").hex();
}

TEST(Marker, ComesBackAsItWasWritten) {
  Marker marker{.main = "index.js",
                .settings = "wrangler.json",
                .files = {{"index.js", 1, sha256("x")}, {"wrangler.json", 2, sha256("y")}},
                .git = GitFacts{"c0ffee", "main", "v1", "a \"subject\"", "A. Uthor", {}},
                .package = PackageFacts{"shop", "1.2.3"}};
  marker.git->tree = GitFacts::Tree::dirty;
  const auto back = parse_marker(format_marker(marker));
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(format_marker(*back), format_marker(marker));
  EXPECT_EQ(back->git->subject, "a \"subject\"");
  EXPECT_EQ(back->git->tree, GitFacts::Tree::dirty);
  ASSERT_NE(back->file("index.js"), nullptr);
  EXPECT_EQ(back->file("index"), nullptr);
}

TEST(Marker, MayHaveNothingButFilesAndWhatALaterVersionAdds) {
  const auto marker = parse_marker(
      R"({"version":1,"main":null,"files":[],"git":null,"settings":null,"later":{"a":1}})");
  ASSERT_TRUE(marker) << marker.error();
  EXPECT_FALSE(marker->main || marker->git || marker->package || marker->settings);
}

struct Broken {
  const char* name;
  std::string text;
  const char* error;  ///< What the sentence must hold.
};

std::string with_file(const std::string& file) {
  return R"({"version":1,"main":null,"files":[)" + file + "]}";
}
std::string file_at(const std::string& path) {
  return R"({"path":")" + path + R"(","size":1,"sha256":")" + hash() + R"("})";
}

class BrokenMarker : public testing::TestWithParam<Broken> {};

TEST_P(BrokenMarker, IsRefusedWithASentence) {
  const auto marker = parse_marker(GetParam().text);
  ASSERT_FALSE(marker);
  EXPECT_NE(marker.error().find(GetParam().error), std::string::npos) << marker.error();
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, BrokenMarker,
    testing::Values(
        Broken{"NoJson", "{", "no valid JSON"}, Broken{"NoObject", "[]", "no JSON object"},
        Broken{"NoVersion", R"({"main":null,"files":[]})", "`version` is missing"},
        Broken{"NewerVersion", R"({"version":2,"main":null,"files":[]})", "`version` is 2"},
        Broken{"NoMain", R"({"version":1,"files":[]})", "`main` is missing"},
        Broken{"MainElsewhere", R"({"version":1,"main":"a.js","files":[]})", "`a.js` is not among"},
        Broken{"NoFiles", R"({"version":1,"main":null})", "`files` is no list"},
        Broken{"PathUpward", with_file(file_at("../a.js")), "`../a.js` is not relative"},
        Broken{"PathAbsolute", with_file(file_at("/etc/passwd")), "is not relative"},
        Broken{"PathWithControl", with_file(file_at("a\\u0007")), "`a\\x07` is not relative"},
        Broken{"PathTwice", with_file(file_at("a") + "," + file_at("a")), "`a` twice"},
        Broken{"SizeBelowZero", with_file(R"({"path":"a","size":-1,"sha256":")" + hash() + R"("})"),
               "below 0"},
        Broken{"NoHash", with_file(R"({"path":"a","size":1,"sha256":"AB"})"), "64 lower-case"},
        Broken{"GitAsText", R"({"version":1,"main":null,"files":[],"git":"main"})",
               "`git` is no object"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(WriteMarker, ListsTheBuildAndNothingElse) {
  const BuildDir dir;
  dir.write("dist/index.js", "export default {}");
  dir.write("dist/index.js.map", "{}");
  dir.write("dist/README.md", "");
  dir.write("dist/wrangler.json", R"({"main": "index.js"})");
  dir.write("dist/build-info.json", "{}");
  dir.write("dist/.env", "SECRET=1");
  dir.write("package.json", R"({"name": "shop", "version": "1.2.3"})");
  const auto summary = dir.mark("dist");
  std::vector<std::string> paths;
  for (const MarkedFile& file : summary.marker.files) paths.push_back(file.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"build-info.json", "index.js", "index.js.map",
                                             "wrangler.json"}));
  EXPECT_EQ(summary.marker.main, "index.js");
  EXPECT_EQ(summary.marker.settings, "wrangler.json");
  EXPECT_EQ(summary.marker.package->version, "1.2.3");
  EXPECT_FALSE(summary.marker.git);
  EXPECT_EQ(summary.modules, 1U);
  EXPECT_EQ(summary.bytes, 17U);
  EXPECT_EQ(summary.left_out.size(), 2U);
  EXPECT_EQ(summary.path, dir.at("dist/.rollout.json"));
  EXPECT_EQ(dir.read("dist/.rollout.json"), format_marker(summary.marker));
  EXPECT_EQ(std::distance(fs::directory_iterator(dir.at("dist")), {}), 7) << "no draft stays";
}

TEST(WriteMarker, CountsNoMarkerAmongWhatIsLeftOut) {
  const BuildDir dir;
  dir.write("dist/index.js", "export default {};");
  EXPECT_EQ(dir.mark("dist").left_out.size(), 0U);
  EXPECT_EQ(dir.mark("dist").left_out.size(), 0U) << "marked again";
}

TEST(WriteMarker, FailsWithTheSentenceThatTheDaemonWouldGive) {
  const BuildDir dir;
  const auto sentence = [&dir](MarkOptions options) {
    options.dir = dir.at("dist");
    const auto summary = write_marker(options);
    return summary ? "" : summary.error().sentence();
  };
  EXPECT_TRUE(
      sentence({}).ends_with("dist`: No such file or directory; name the directory that the "
                             "build has written"));
  dir.write("dist/page.html", "");
  EXPECT_NE(sentence({}).find("--main"), std::string::npos);
  dir.write("dist/a.js", "");
  dir.write("dist/b.js", "");
  EXPECT_NE(sentence({}).find("`a.js`, `b.js`"), std::string::npos);
  EXPECT_EQ(sentence({.dir = "", .main = "b.js"}), "");
  EXPECT_NE(sentence({.dir = "", .main = "c.js"}).find("`c.js`"), std::string::npos);
  EXPECT_NE(sentence({.dir = "", .git = MarkOptions::Git::yes, .main = "a.js"}).find("git"),
            std::string::npos);
}

/// A repository with one commit and a tag on it.
void make_repository(const std::string& path) {
  git_libgit2_init();
  git_repository* repository = nullptr;
  git_index* index = nullptr;
  git_signature* author = nullptr;
  git_tree* tree = nullptr;
  git_object* object = nullptr;
  git_oid id;
  ASSERT_EQ(git_repository_init(&repository, path.c_str(), 0), 0);
  ASSERT_EQ(git_repository_set_head(repository, "refs/heads/main"), 0);
  ASSERT_EQ(git_repository_index(&index, repository), 0);
  ASSERT_EQ(git_index_add_bypath(index, "src.ts"), 0);
  ASSERT_EQ(git_index_write(index), 0);
  ASSERT_EQ(git_index_write_tree(&id, index), 0);
  ASSERT_EQ(git_tree_lookup(&tree, repository, &id), 0);
  ASSERT_EQ(git_signature_new(&author, "A. Uthor", "a@example.com", 1'700'000'000, 0), 0);
  ASSERT_EQ(git_commit_create(&id, repository, "HEAD", author, author, nullptr,
                              "Sell more\n\nMuch more.\n", tree, 0, nullptr),
            0);
  ASSERT_EQ(git_object_lookup(&object, repository, &id, GIT_OBJECT_COMMIT), 0);
  for (const char* tag : {"v1.9", "v1.10"}) {
    ASSERT_EQ(git_tag_create(&id, repository, tag, object, author, "a tag", 0), 0);
  }
  git_object_free(object);
  git_signature_free(author);
  git_tree_free(tree);
  git_index_free(index);
  git_repository_free(repository);
  git_libgit2_shutdown();
}

TEST(WriteMarker, TakesGitFactsFromTheRepositoryThatHoldsTheBuild) {
  const BuildDir dir;
  dir.write("src.ts", "x");
  make_repository(dir.path());
  dir.write("dist/index.js", "export default {}");
  const auto summary = write_marker({.dir = dir.at("dist"), .git = MarkOptions::Git::yes});
  ASSERT_TRUE(summary) << summary.error().sentence();
  const GitFacts& git = *summary->marker.git;
  EXPECT_EQ(git.commit.size(), 40U);
  EXPECT_EQ(git.branch, "main");
  EXPECT_EQ(git.tag, "v1.9");
  EXPECT_EQ(git.subject, "Sell more");
  EXPECT_EQ(git.author, "A. Uthor");
  EXPECT_EQ(git.tree, GitFacts::Tree::clean) << "what is not tracked does not count";
  dir.write("src.ts", "y");
  EXPECT_EQ((*git_facts(dir.at("dist")))->git.tree, GitFacts::Tree::dirty);

  SteppedClock clock;
  DiskBuildSource source(clock);
  const auto facts = source.look(worker_of(dir.at("dist"))).builds.at(0).facts;
  EXPECT_EQ(facts.at("git.commit").value, git.commit);
  EXPECT_EQ(facts.at("git.dirty").value, "false") << "as it was when the build was marked";
  EXPECT_EQ(facts.at("git.commit").where, dir.at("dist/.rollout.json"));
}

TEST(GitFacts, OfAForeignRepositoryAreRefusedWithAnExplanation) {
  ASSERT_EQ(::geteuid(), 0U) << "only root can give a directory to another user";
  const BuildDir dir;
  dir.write("src.ts", "x");
  make_repository(dir.path());
  for (const char* name : {"", ".git"}) {
    ASSERT_EQ(::chown(dir.at(name).c_str(), 65534, 65534), 0);
  }
  // What this host's users call safe must not matter here.
  git_libgit2_init();
  for (const int level : {GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_SYSTEM}) {
    ASSERT_EQ(git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "/nonexistent"), 0);
  }
  const auto facts = git_facts(dir.path());
  git_libgit2_shutdown();
  ASSERT_FALSE(facts);
  EXPECT_NE(facts.error().find("belongs to another user"), std::string::npos) << facts.error();
  EXPECT_NE(facts.error().find("safe.directory"), std::string::npos);
}

}  // namespace
}  // namespace rollout
