#include "engine/leftovers.h"

#include <doctest/doctest.h>

namespace capmin {
namespace {

LabelledObject trial() {
  return {.id = "0123",
          .name = "capmin-0a1b2c3d-4",
          .image = "sha256:4c0f",
          .labels = {{kRunLabel, "0a1b2c3d"}, {kOwnerLabel, "somebody"}, {"other", "x"}}};
}

TEST_CASE("an object with both labels and a name of its run belongs to who is named") {
  CHECK(owner_of(trial(), {}) == "somebody");
  CHECK(owner_of(trial(), {{"other", "x"}}) == "somebody");
}

TEST_CASE("what Compose makes of a project of capmin's belongs to who is named") {
  for (const char* name :
       {"capmin-0a1b2c3d-1_web_1", "capmin-0a1b2c3d-joint-1-web-1", "capmin-0a1b2c3d-1_default",
        "capmin-0a1b2c3d-2_My.Service_db-data", "8ef9399fd742_capmin-0a1b2c3d-1_web_1"}) {
    CAPTURE(name);
    LabelledObject object = trial();
    object.name = name;
    CHECK(owner_of(object, {}) == "somebody");
    CHECK_FALSE(owner_of(object, {{kOwnerLabel, "somebody"}}));
    object.labels[kRunLabel] = "ffffffff";
    CHECK_FALSE(owner_of(object, {}));
  }
}

TEST_CASE("H22: a name or labels of another form belong to nobody") {
  for (const char* name : {"",
                           "web",
                           "capmin-0a1b2c3d",
                           "capmin-0a1b2c3d-",
                           "capmin-0a1b2c3e-4",
                           "xcapmin-0a1b2c3d-4",
                           "capmin-0a1b2c3d-4/x",
                           "capmin-0a1b2c3d-4\n",
                           "capmin-0a1b2c3d-4 1",
                           "capmin-0a1b2c3d_4",
                           "CAPMIN-0a1b2c3d-4",
                           "web_capmin-0a1b2c3d-4",
                           "capmin-0a1b2c3d-4:1",
                           "8ef9399fd742_web",
                           "8ef9399fd742_8ef9399fd742_capmin-0a1b2c3d-4",
                           "8ef9399fd74_capmin-0a1b2c3d-4",
                           "8ef9399fd7421_capmin-0a1b2c3d-4",
                           "8ef9399fd74x_capmin-0a1b2c3d-4",
                           "8ef9399fd742-capmin-0a1b2c3d-4",
                           "8ef9399fd742_"}) {
    CAPTURE(name);
    LabelledObject object = trial();
    object.name = name;
    CHECK_FALSE(owner_of(object, {}));
  }
  for (const char* run : {"", "0a1b2c3", "0A1B2C3D", "0a1b2c3d4", "        "}) {
    CAPTURE(run);
    LabelledObject object = trial();
    object.labels[kRunLabel] = run;
    object.name = std::string("capmin-") + run + "-4";
    CHECK_FALSE(owner_of(object, {}));
  }
  for (const char* label : {kRunLabel, kOwnerLabel}) {
    LabelledObject object = trial();
    object.labels.erase(label);
    CHECK_FALSE(owner_of(object, {}));
  }
}

TEST_CASE("H23: labels that the image has as well tell nothing of the container") {
  CHECK_FALSE(owner_of(trial(), trial().labels));
  CHECK_FALSE(owner_of(trial(), {{kOwnerLabel, "somebody"}}));
  CHECK(owner_of(trial(), {{kOwnerLabel, "somebody else"}, {kRunLabel, "0a1b2c3d"}}));
}

}  // namespace
}  // namespace capmin
