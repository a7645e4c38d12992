#!/usr/bin/env python3
"""The binary as its users meet it: exit codes, messages with their place, formats, output errors.

    cli/sdbtwin_test.py BINARY      run from the root of the tree
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

BINARY = ""
HEAD = """apiVersion: sdbtwin.dev/v1alpha1
kind: Scenario
metadata: {name: test}
spec:
"""
MANIFESTS = Path("scenarios/manifests").resolve()
QUICKSTART = "scenarios/quickstart.yaml"


def run(*arguments, timeout=60, stdout=subprocess.PIPE, env=None):
    return subprocess.run([BINARY, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=stdout,
                          stderr=subprocess.PIPE, text=True, timeout=timeout, env=env)


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text)
        return path


class BrokenInput(Case):
    """Each of them: exit code 2, nothing on stdout, file:line:column, what is wrong, what is right."""

    def expect(self, path, place, wrong, right, command="run"):
        result = run(command, path)
        self.assertEqual(result.returncode, 2, result.stderr)
        if command == "run":
            self.assertEqual(result.stdout, "")
        self.assertRegex(result.stderr, re.escape(place) + r": error: ")
        self.assertIn(wrong, result.stderr)
        self.assertRegex(result.stderr, r"= .*" + re.escape(right))
        return result

    def scenario(self, spec):
        return self.file("test.yaml", HEAD + spec)

    def manifest(self, name, old="", new=""):
        text = (MANIFESTS / name).read_text()
        self.assertIn(old, text)
        return self.file(name, text.replace(old, new))

    def test_unknown_field(self):
        path = self.scenario(f"  manifests: [{MANIFESTS}/quickstart.yaml]\n  atcions: []\n")
        self.expect(path, f"{path}:6:3", 'unknown field "atcions"', 'did you mean "actions"?')

    def test_unknown_field_of_a_manifest(self):
        manifest = self.manifest("quickstart.yaml", "replicas: 2", "replica: 2")
        path = self.scenario("  manifests: [quickstart.yaml]\n")
        line = manifest.read_text().splitlines().index("      replica: 2") + 1
        self.expect(path, f"{manifest}:{line}:7", "replica", 'did you mean "replicas"?')

    def test_wrong_type(self):
        path = self.scenario("  cluster: {nodes: many}\n")
        self.expect(path, f"{path}:5:20", "must be an integer", "nodes: 1")

    def test_missing_manifest(self):
        path = self.scenario("  manifests: [none.yaml]\n")
        self.expect(path, f"{path}:5:15", "there is no file", "relative to the folder")

    def test_impossible_target_version(self):
        self.manifest("quickstart.yaml")
        update = self.manifest("update.yaml", '"8.9.3"', '"8.7.10"')
        path = self.scenario("  manifests: [quickstart.yaml]\n"
                             "  actions: [{at: 1m, apply: update.yaml}]\n")
        line = [i for i, text in enumerate(update.read_text().splitlines()) if "8.7.10" in text][0]
        self.expect(path, f"{update}:{line + 1}:20", "from 8.7.21 to 8.7.10 is not allowed",
                    "allow: 8.7.21, 8.9.3")

    def test_cyclic_include(self):
        other = self.file("other.yaml", HEAD + "  base: test.yaml\n")
        path = self.scenario("  base: other.yaml\n")
        self.expect(path, f"{other}:5:9", "includes itself", "break the circle")

    def test_empty_file(self):
        path = self.file("test.yaml", "")
        self.expect(path, f"{path}:1:1", "empty", "apiVersion: sdbtwin.dev/v1alpha1")

    def test_binary_file(self):
        path = self.file("test.yaml", b"a: 1\n\x7fELF\x00\x1b[31m")
        result = self.expect(path, f"{path}:2:1", "not a text file", "YAML in UTF-8")
        self.assertNotIn("\x1b", result.stderr)

    def test_duplicate_names(self):
        fault = "at: 1s, processKill: {process: provisioner}"
        path = self.scenario(f"  manifests: [{MANIFESTS}/quickstart.yaml]\n"
                             f"  faults: [{{name: x, {fault}}}, {{name: x, {fault}}}]\n")
        self.expect(path, f"{path}:6:75", 'two faults are named "x"', "its own name")

    def test_negative_duration(self):
        path = self.scenario("  horizon: -5m\n")
        self.expect(path, f"{path}:5:12", "negative", "0s or more")

    def test_manifest_of_an_unknown_kind(self):
        manifest = self.manifest("quickstart.yaml", "kind: Singlestore\n", "kind: Singelstore\n")
        path = self.scenario("  manifests: [quickstart.yaml]\n")
        self.expect(path, f"{manifest}:3:7", 'no kind "Singelstore"', 'did you mean "Singlestore"?')

    def test_a_missing_scenario(self):
        path = self.folder / "none.yaml"
        self.expect(path, f"{path}", "cannot be opened", "check the path")

    def test_validate_finds_the_same(self):
        path = self.scenario("  horizon: soon\n")
        self.expect(path, f"{path}:5:12", "must be a duration", "horizon: 1m30s", "validate")

    def test_hostile_yaml_is_refused_quickly(self):
        bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
            f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12))
        texts = [bomb, "[" * 100000, "{" * 100000, "- " * 100000, "a: " * 50000, "&a " * 50000,
                 "? " * 50000, "'" + "x" * 3000000, "x" * 3000000, "- 1\n" * 400000,
                 "a: |\n" + " x\n" * 500000, "!" * 50000, "%" * 50000, "*a", "&a *a", "--- " * 50000,
                 "#" * 5000000, "\n" * 3000000]
        for text in texts:
            with self.subTest(text[:20]):
                result = run("run", self.file("test.yaml", text), timeout=20)
                self.assertEqual(result.returncode, 2, text[:20])
                self.assertRegex(result.stderr, r": error: ")
                self.assertLess(len(result.stderr), 5000)


class Usage(Case):
    def test_wrong_usage_is_2_and_says_why(self):
        for arguments in [[], ["rum"], ["run"], ["run", QUICKSTART, "--seed", "x"],
                          ["run", QUICKSTART, "--seeds", "5..1"], ["list", "nothing"],
                          ["run", QUICKSTART, "--filter", "zzz"],
                          ["run", QUICKSTART, "--seeds", "1..2", "--trace", "t"]]:
            with self.subTest(arguments):
                result = run(*arguments)
                self.assertEqual(result.returncode, 2)
                self.assertEqual(result.stdout, "")
                self.assertNotEqual(result.stderr, "")

    def test_help_and_version(self):
        self.assertIn("Examples:", run("--help").stdout)
        self.assertIn("--junit", run("run", "--help").stdout)
        self.assertRegex(run("--version").stdout, r"^sdbtwin \d+\.\d+\.\d+")

    def test_lists(self):
        self.assertIn("processKill", run("list", "faults").stdout)
        self.assertIn("one-pod-at-a-time", run("list", "invariants").stdout)
        self.assertIn("evictions", run("list", "counters").stdout)
        self.assertIn("quickstart", run("list", "scenarios", "scenarios").stdout)

    def test_validate_says_ok(self):
        result = run("validate", "scenarios")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"ok +quickstart +scenarios/quickstart.yaml")


class Runs(Case):
    def test_the_quickstart_passes_and_tells_its_story(self):
        result = run("run", QUICKSTART)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        for text in ["PASSED  quickstart", "the twin supplies", "evicted by ops-manager",
                     "Successful", "digest", "sdb-leaf-1"]:
            self.assertIn(text, result.stdout)
        self.assertIn("events/s", result.stderr)
        self.assertNotIn("events/s", result.stdout)
        self.assertNotIn("\x1b", result.stdout + result.stderr)

    def test_the_same_seed_gives_the_same_bytes(self):
        texts = {run("run", QUICKSTART, "--seed", "3").stdout for _ in range(2)}
        self.assertEqual(len(texts), 1)
        self.assertNotIn(run("run", QUICKSTART, "--seed", "4").stdout, texts)

    def test_results_do_not_depend_on_the_number_of_jobs(self):
        outputs = []
        for jobs in [1, 2, 5]:
            digests = self.folder / f"digests{jobs}"
            result = run("run", QUICKSTART, "scenarios/restart.yaml", "--seeds", "1..4", "--jobs",
                         jobs, "--format", "json", "--digests", digests)
            self.assertEqual(result.returncode, 0, result.stderr)
            outputs.append((result.stdout, digests.read_text()))
        self.assertEqual(len(set(outputs)), 1)
        lines = outputs[0][1].splitlines()
        self.assertEqual(len(lines), 8)
        self.assertRegex(lines[0], r"^quickstart 1 [0-9a-f]{16}$")
        self.assertRegex(lines[7], r"^restart 4 [0-9a-f]{16}$")

    def test_json_and_junit_and_trace(self):
        junit, trace = self.folder / "junit.xml", self.folder / "trace.jsonl"
        result = run("run", QUICKSTART, "--format", "json", "--junit", junit, "--trace", trace)
        self.assertEqual(result.returncode, 0, result.stderr)
        document = json.loads(result.stdout)
        self.assertEqual(document["schemaVersion"], 1)
        only = document["runs"][0]
        self.assertEqual(only["verdict"], "passed")
        self.assertEqual(only["databases"][0]["version"], "8.9.3")
        suite = ElementTree.parse(junit).getroot()
        self.assertEqual(suite.get("tests"), "1")
        self.assertEqual(suite.get("failures"), "0")
        events = [json.loads(line) for line in trace.read_text().splitlines()]
        self.assertEqual(len(events), only["traceEvents"])
        self.assertEqual([event["timeNs"] for event in events],
                         sorted(event["timeNs"] for event in events))

    def test_two_runs_of_one_seed_are_the_same(self):
        result = run("run", "scenarios/provisioner-dead.yaml", "--check-determinism")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("1 of 1 runs were the same twice", result.stderr)

    def test_a_failed_expectation_is_1_with_its_place(self):
        path = self.file("test.yaml", HEAD + f"  base: {Path(QUICKSTART).resolve()}\n"
                         "  expect: {counts: [{counter: evictions, equals: 2}]}\n")
        junit = self.folder / "junit.xml"
        result = run("run", path, "--junit", junit)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("EXPECTATION-FAILED", result.stdout)
        self.assertIn(f"observed: 3 ({path}:6:21)", result.stdout)
        self.assertIn("replay: sdbtwin run", result.stdout)
        self.assertEqual(ElementTree.parse(junit).getroot().get("failures"), "1")

    def test_a_fault_that_never_fires_makes_the_run_vacuous(self):
        path = self.file("test.yaml", HEAD + f"  base: {Path(QUICKSTART).resolve()}\n"
                         "  faults: [{name: never, at: 5h, processKill: {process: provisioner}},\n"
                         "           {name: no such pod, when: {gone: {kind: Pod, name: other}},\n"
                         "            processKill: {process: provisioner}}]\n")
        result = run("run", path)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, r"^(STUCK|VACUOUS)")
        self.assertIn("never fired", result.stdout)

    def test_a_request_that_cannot_end_is_stuck(self):
        path = self.file("test.yaml", HEAD + f"  base: {Path(QUICKSTART).resolve()}\n"
                         "  faults: [{name: dead, at: 0s, processKill: {process: ops-manager}}]\n"
                         "  horizon: 20m\n")
        result = run("run", path)
        self.assertEqual(result.returncode, 1)
        self.assertIn("STUCK", result.stdout)
        self.assertIn("SinglestoreOpsRequest demo/update has not ended", result.stdout)

    def test_manifests_alone_run_in_the_default_cluster_which_is_said(self):
        result = run("run", "-f", MANIFESTS / "update.yaml", "-f", MANIFESTS / "quickstart.yaml")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        for text in ["namespace demo", "licence secret demo/license-secret",
                     "SinglestoreVersions 8.1.32", "storage class standard", "3 nodes",
                     "UpdateVersion demo/update: Successful"]:
            self.assertIn(text, result.stdout)

    def test_quiet_says_nothing_about_what_passed(self):
        result = run("run", QUICKSTART, "--quiet")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_a_filter_selects_by_part_of_the_name_or_by_glob(self):
        for text in ["provisioner-d", "prov*dead"]:
            result = run("run", "scenarios", "--filter", text, "--format", "json")
            names = [entry["scenario"] for entry in json.loads(result.stdout)["runs"]]
            self.assertEqual(names, ["provisioner-dead"])


class OutputErrors(Case):
    def test_an_unwritable_file_is_4_before_anything_runs(self):
        for option in ["--junit", "--trace", "--digests"]:
            with self.subTest(option):
                result = run("run", QUICKSTART, option, self.folder / "no" / "such")
                self.assertEqual(result.returncode, 4)
                self.assertEqual(result.stdout, "")
                self.assertIn("No such file or directory", result.stderr)

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full here")
    def test_a_full_disk_is_4(self):
        for option in ["--junit", "--trace", "--digests"]:
            with self.subTest(option):
                result = run("run", QUICKSTART, option, "/dev/full")
                self.assertEqual(result.returncode, 4)
                self.assertIn("/dev/full: No space left on device", result.stderr)

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full here")
    def test_a_full_stdout_is_4(self):
        with open("/dev/full", "w") as full:
            result = run("run", QUICKSTART, stdout=full)
        self.assertEqual(result.returncode, 4)
        self.assertIn("cannot write to stdout", result.stderr)


class Interrupt(Case):
    def test_what_had_ended_is_reported(self):
        junit = self.folder / "results.xml"
        program = subprocess.Popen(
            [BINARY, "run", QUICKSTART, "--seeds", "1..1000000", "--jobs", "1", "--junit", junit],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        # Signals are caught before the outputs are opened, so no earlier signal can kill it.
        while program.poll() is None and not list(self.folder.glob("results.xml*")):
            time.sleep(0.01)
        program.send_signal(signal.SIGINT)
        stdout, stderr = program.communicate(timeout=60)
        self.assertEqual(program.returncode, 130, stderr)
        ended = int(re.search(r"interrupted: (\d+) of 1000000 runs had ended", stderr)[1])
        cases = ElementTree.parse(junit).getroot().iter("testcase")
        self.assertEqual(len(list(cases)), ended)
        self.assertEqual("quickstart" in stdout, ended > 0)


class OwnManifests(Case):
    """run -f with what users write by mistake."""

    def run_with(self, name, old, new):
        text = (MANIFESTS / name).read_text()
        self.assertIn(old, text)
        changed = self.file(name, text.replace(old, new, 1))
        other = {"quickstart.yaml": "update.yaml", "update.yaml": "quickstart.yaml"}[name]
        return changed, run("run", "-f", changed, "-f", MANIFESTS / other)

    def expect_refused(self, name, old, new, wrong, right):
        changed, result = self.run_with(name, old, new)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertRegex(result.stderr, re.escape(str(changed)) + r":\d+:\d+: error: ")
        self.assertIn(wrong, result.stderr)
        self.assertIn(right, result.stderr)

    def test_a_type_that_is_not_simulated(self):
        self.expect_refused("update.yaml", "type: UpdateVersion", "type: HorizontalScaling",
                            "HorizontalScaling are not simulated", "UpdateVersion and Restart")

    def test_a_type_with_a_slip(self):
        self.expect_refused("update.yaml", "type: UpdateVersion", "type: UpdateVersions",
                            'spec.type is "UpdateVersions"', 'did you mean "UpdateVersion"?')

    def test_a_negative_timeout(self):
        self.expect_refused("update.yaml", "timeout: 10m", "timeout: -10m",
                            "spec.timeout is -10m", "for example 5m")

    def test_a_live_objects_resource_version(self):
        self.expect_refused("quickstart.yaml", "  name: sdb\n",
                            '  name: sdb\n  resourceVersion: "5"\n',
                            "metadata.resourceVersion must not be set", "remove it")

    def test_a_name_that_the_api_server_refuses(self):
        self.expect_refused("update.yaml", "  name: update\n", "  name: Up_date\n",
                            "metadata.name", "the API server refuses it")

    def test_a_request_that_fails_is_1(self):
        _, result = self.run_with("update.yaml", "timeout: 10m", "timeout: 10s")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("request demo/update ends Successful; observed: Failed", result.stdout)

    def test_a_stuck_run_says_why_pods_are_not_ready(self):
        _, result = self.run_with("quickstart.yaml", "storageClassName: standard",
                                  "storageClassName: fast")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertRegex(result.stdout, r"pod sdb-aggregator-0 is not Ready \(Unschedulable: .*"
                                        r"unbound immediate PersistentVolumeClaims")

    def test_without_a_namespace_it_is_default(self):
        database = (MANIFESTS / "quickstart.yaml").read_text()
        request = (MANIFESTS / "update.yaml").read_text()
        paths = [self.file(name, re.sub(r"\n *namespace:.*", "", text))
                 for name, text in (("database.yaml", database), ("request.yaml", request))]
        result = run("run", "-f", paths[0], "-f", paths[1])
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("UpdateVersion default/update: Successful", result.stdout)


class Outputs(Case):
    def expect_usage(self, message, *arguments):
        result = run("run", QUICKSTART, *arguments)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn(message, result.stderr)

    def test_two_outputs_in_one_file(self):
        out = self.folder / "out"
        self.expect_usage("give each its own file", "--junit", out, "--digests", out)
        self.assertFalse(out.exists())

    def test_an_output_over_the_input(self):
        scenario = self.file("mine.yaml", f"{HEAD}  base: {Path(QUICKSTART).resolve()}\n")
        result = run("run", scenario, "--junit", scenario)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("would overwrite the input", result.stderr)
        self.assertIn("quickstart", scenario.read_text())

    def test_an_old_file_survives_a_run_that_could_not_begin(self):
        old = self.file("old.xml", "kept")
        result = run("run", QUICKSTART, "--junit", old, "--trace", self.folder / "no" / "trace")
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertEqual(old.read_text(), "kept")

    def test_a_reader_that_went_away_is_4(self):
        reader, writer = os.pipe()
        os.close(reader)
        result = run("run", QUICKSTART, stdout=writer)
        os.close(writer)
        self.assertEqual(result.returncode, 4, result.stderr)


if __name__ == "__main__":
    BINARY = str(Path(sys.argv.pop(1)).resolve())
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
