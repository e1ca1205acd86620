"""Conan 2: conan create packaging/conan --build=missing -s compiler.cppstd=20, in a checkout of Ancillary."""
import os

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, rmdir

required_conan_version = ">=2.0"


class AncillaryRecipe(ConanFile):
    name = "ancillary"
    version = "0.1.0"
    description = "UDP receive pipeline that delivers each datagram with its metadata"
    license = "MIT"
    topics = ("udp", "asio", "networking", "recvmsg", "windows")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False], "fPIC": [True, False]}
    default_options = {"shared": False, "fPIC": True}
    implements = ["auto_shared_fpic"]

    def export_sources(self):
        root = os.path.join(self.recipe_folder, "..", "..")
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "decoders/*", "recvmsg/*", "packaging/pkgconfig/*"):
            copy(self, pattern, src=root, dst=self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        # The public headers include both; a shared library must see the same Asio as its users.
        self.requires("asio/[>=1.22 <2]", transitive_headers=True)
        self.requires("ms-gsl/[>=4.0 <5]", transitive_headers=True)

    def package_id(self):
        self.info.requires["asio"].full_version_mode()

    def validate(self):
        check_min_cppstd(self, 20)
        if self.settings.os not in ("Linux", "Windows"):
            raise ConanInvalidConfiguration("Ancillary supports Linux and Windows")

    def build_requirements(self):
        self.tool_requires("cmake/[>=3.25 <5]")

    def generate(self):
        toolchain = CMakeToolchain(self)
        for part in ("TESTS", "EXAMPLES", "BENCHMARKS"):
            toolchain.cache_variables[f"ANCILLARY_BUILD_{part}"] = False
        toolchain.cache_variables["ANCILLARY_FETCH_DEPENDENCIES"] = False
        toolchain.cache_variables["ANCILLARY_WARNINGS_AS_ERRORS"] = False
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", src=self.source_folder, dst=os.path.join(self.package_folder, "licenses"))
        # CMakeDeps and PkgConfigDeps generate these for the consumer's dependencies.
        rmdir(self, os.path.join(self.package_folder, "lib", "cmake"))
        rmdir(self, os.path.join(self.package_folder, "lib", "pkgconfig"))
        rmdir(self, os.path.join(self.package_folder, "share"))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "ancillary")
        windows = self.settings.os == "Windows"

        decoders = self.cpp_info.components["decoders"]
        decoders.libs = ["ancillary_decoders"]
        decoders.requires = ["ms-gsl::ms-gsl"]
        decoders.set_property("cmake_target_name", "ancillary::decoders")
        decoders.set_property("pkg_config_name", "ancillary-decoders")
        if self.options.shared:
            decoders.defines = ["ANCILLARY_SHARED"]

        recvmsg = self.cpp_info.components["recvmsg"]
        recvmsg.libs = ["ancillary_recvmsg"]
        recvmsg.requires = ["decoders", "asio::asio"]
        recvmsg.set_property("cmake_target_name", "ancillary::recvmsg")
        recvmsg.set_property("pkg_config_name", "ancillary")
        # The definitions of the target ancillary::asio in cmake/targets.cmake.
        recvmsg.defines = ["ASIO_STANDALONE"]
        if self.settings.compiler != "msvc":
            recvmsg.defines.append("ASIO_DISABLE_STD_ALIGNED_ALLOC")
        if windows:
            recvmsg.defines += ["_WIN32_WINNT=0x0A00", "NOMINMAX", "WIN32_LEAN_AND_MEAN"]
            recvmsg.system_libs = ["ws2_32", "mswsock", "iphlpapi"]
            if self.settings.compiler == "gcc":
                recvmsg.defines += ["ASIO_HAS_THREADS=1", "ASIO_HAS_PTHREADS=1"]
        else:
            recvmsg.system_libs = ["pthread"]
