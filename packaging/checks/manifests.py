"""The manifests of vcpkg and the recipes of Conan: parse, and have what the tools require of them."""
import ast
import json
import pathlib
import re

packaging = pathlib.Path(__file__).resolve().parent.parent
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def check_dependencies(path, dependencies):
    for each in dependencies:
        name = each if isinstance(each, str) else each["name"]
        assert NAME.fullmatch(name), (path, name)
        assert isinstance(each, str) or set(each) <= {"name", "host", "features", "platform", "version>="}, (path, each)


def check_vcpkg(path):
    manifest = json.loads(path.read_text())
    known = {"name", "version-semver", "description", "license", "supports", "dependencies", "features", "homepage"}
    assert set(manifest) <= known, (path, set(manifest) - known)
    assert NAME.fullmatch(manifest["name"]) and manifest["version-semver"], path
    check_dependencies(path, manifest["dependencies"])
    for name, feature in manifest["features"].items():
        assert NAME.fullmatch(name) and feature["description"], (path, name)
        check_dependencies(path, feature["dependencies"])


def check_recipe(path):
    """Compiles the recipe; its class has the methods of a Conan 2 recipe and no misspelled one."""
    tree = ast.parse(path.read_text(), path)
    recipe = next(node for node in tree.body if isinstance(node, ast.ClassDef))
    assert recipe.bases[0].id == "ConanFile", path
    methods = {node.name for node in recipe.body if isinstance(node, ast.FunctionDef)}
    known = {"export_sources", "layout", "requirements", "package_id", "validate", "build_requirements", "generate",
             "build", "package", "package_info", "test"}
    assert methods <= known, (path, methods - known)
    compile(tree, path, "exec")


for manifest in (packaging / "vcpkg/ancillary/vcpkg.json", packaging.parent / "vcpkg.json"):
    check_vcpkg(manifest)
for recipe in sorted(packaging.glob("conan/**/conanfile.py")):
    check_recipe(recipe)
print("manifests: vcpkg's and Conan's parse")
