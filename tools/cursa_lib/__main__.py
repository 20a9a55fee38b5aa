"""The command line of ./cursa: what people type, and what it means."""

import argparse
import os
import signal
import sys

from . import machine, packages, process
from .paths import MACHINE, MISSING, PASS, REFUSED, USAGE, Stop
from .progress import say

EPILOG = """\
exit codes:
  0    every point passed
  1    a point (of `test`: a test) failed
  2    the script is not there, or does not compile
  3    the machine panicked, hung, stopped early or lied
  4    something is not installed, or the build failed
  64   the command line makes no sense
  130  interrupted (by another signal than SIGINT: 128 + its number)
CURSA_TIMEOUT_SCALE=2 doubles every limit of host time; CURSA_BUILD=DIR builds there.
"""
SELF_TESTS = ("test=panic", "test=triple", "test=hang")
CPUS_MAX = 64     # more than any emulator here is asked for


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.print_usage(sys.stderr)
        raise Stop(USAGE, message)


def _number(text):
    try:
        return int(text.replace("_", ""), 0)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no number") from None


def _seed(text):
    if not 0 <= _number(text) < 1 << 64:
        raise argparse.ArgumentTypeError(f"'{text}' does not fit into 64 bits")
    return _number(text)


def _cpus(text):
    if not 1 <= _number(text) <= CPUS_MAX:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of CPUs from 1 to {CPUS_MAX}")
    return _number(text)


def _several(text):
    if _number(text) < 2:
        raise argparse.ArgumentTypeError("at least 2 runs can be compared")
    return _number(text)


def _memory(text):
    try:
        machine.parse_memory(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _machine_options(parser, several=True):
    several = ("model", "all") if several else ()
    parser.add_argument("--on", default="qemu", choices=machine.BACKENDS + several,
                        help="the machine (default: qemu)")
    parser.add_argument("--smp", type=_cpus, metavar="N",
                        help=f"CPUs (default: 1{'; --on model: 2' if several else ''})")
    parser.add_argument("--mem", type=_memory, default="64M", metavar="M",
                        help="memory, 64M to 4G (default: 64M)")
    parser.add_argument("--plain", action="store_true",
                        help="the plain image instead of the checking one")


def _command(sub, name, text):
    return sub.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")


def _add_run(sub):
    run = _command(sub, "run", "run IPC scripts in a machine and tell the results as TAP")
    run.add_argument("files", nargs="+", metavar="FILE.ipc", help="run one after the other in one boot")
    _machine_options(run)
    run.add_argument("--seed", type=_seed, metavar="S", help="instead of the script's own seed")
    run.add_argument("--tap", metavar="F", help="write flat TAP to F")
    run.add_argument("--junit", metavar="F", help="write JUnit XML to F")
    run.add_argument("--log", metavar="F", help="write the log (COM2) to F; -: to stderr")
    run.add_argument("--jitter", metavar="J", help=argparse.SUPPRESS)
    run.set_defaults(do=do_run)


def _add_others(sub):
    test = _command(sub, "test", "run the test suites, all or those named")
    test.add_argument("suites", nargs="*", metavar="SUITE", help="see --list")
    test.add_argument("--list", action="store_true", help="name the suites")
    test.add_argument("--repeat", type=_several, metavar="N", help="only with the suite script: "
                      "run it N times on one machine and compare every record")
    test.add_argument("--on", choices=machine.BACKENDS,
                      help="the machine of --repeat (default: qemu)")
    test.set_defaults(do=do_test)
    bench = _command(sub, "bench", "count guest instructions of the main operations")
    bench.add_argument("--where", metavar="OP", help="say in which functions OP spends them; "
                       "OP: a name as in tools/anchors.json, or a pattern")
    bench.add_argument("--twice", action="store_true",
                       help="boot twice and fail if the figures differ")
    bench.set_defaults(do=do_bench)
    iso = _command(sub, "iso", "make an ISO to boot elsewhere")
    iso.add_argument("files", nargs="*", metavar="FILE.ipc", help="scripts to put in")
    iso.add_argument("-o", dest="output", default="cursa.iso", metavar="F",
                     help="where to write it (default: cursa.iso)")
    iso.add_argument("--plain", action="store_true", help="the plain image")
    iso.set_defaults(do=do_iso)
    boot = _command(sub, "boot",
                    "boot without a script and show the log until nothing more comes")
    _machine_options(boot, several=False)
    boot.add_argument("--with", dest="programs", default="mm,init,hello",
                      metavar="A,B", help="the modules (default: mm,init,hello)")
    boot.add_argument("options", nargs="*", metavar="OPTION",
                      help="kernel options: test=panic, test=triple, test=hang")
    boot.set_defaults(do=do_boot)
    fuzz = _command(sub, "fuzz", "run random scripts on the model and elsewhere, and compare")
    fuzz.add_argument("--on", default="model-host", choices=("model-host",) + machine.BACKENDS,
                      help="beside the model: mm's core on the host (default), QEMU, Bochs")
    fuzz.add_argument("--ops", type=_number, default=20000, metavar="N",
                      help="about so many operations (default: 20000)")
    fuzz.add_argument("--seed", type=_number, default=1, metavar="S", help="of the first script")
    fuzz.add_argument("--clients", type=_number, default=3, metavar="N",
                      help="clients of a script (default: 3)")
    fuzz.set_defaults(do=do_fuzz)
    doctor = _command(sub, "doctor", "say what is installed and what is missing")
    doctor.set_defaults(do=do_doctor)
    lint = _command(sub, "lint", "check scripts without running them")
    lint.add_argument("files", nargs="+", metavar="FILE.ipc", help="what to check")
    lint.set_defaults(do=do_lint)


def parsers():
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--no-install", action="store_true",
                        help="never install packages; print the line to type instead")
    top = Parser(prog="./cursa", epilog=EPILOG, parents=[shared],
                 formatter_class=argparse.RawDescriptionHelpFormatter,
                 description="Build Cursa, boot it in an emulator, run IPC scripts in it.")
    sub = top.add_subparsers(metavar="COMMAND", parser_class=Parser)
    _add_run(sub)
    _add_others(sub)
    for command in sub.choices.values():
        command.add_argument("--no-install", action="store_true", default=argparse.SUPPRESS,
                             help="never install packages")
    helper = _command(sub, "help", "explain a command")
    helper.add_argument("command", nargs="?", choices=sorted(sub.choices), metavar="COMMAND")
    helper.set_defaults(do=lambda a: (sub.choices[a.command] if a.command else top).print_help())
    return top


def _readable(files):
    """Scripts that are not there are told before anything is built."""
    for file in files:
        if not os.path.exists(file):
            raise Stop(REFUSED, f"there is no script {file}")
        if not os.path.isfile(file):
            raise Stop(REFUSED, f"{file} is no file")
        if not os.access(file, os.R_OK):
            raise Stop(REFUSED, f"{file} cannot be read: permission denied")


def _writable(option, file):
    """A place for results that cannot be written is told before anything runs."""
    if file is None:
        return
    folder = os.path.dirname(os.path.abspath(file))
    if os.path.isdir(file) or not os.path.isdir(folder):
        raise Stop(USAGE, f"{option} {file}: "
                   f"{'is a folder' if os.path.isdir(file) else 'there is no folder ' + folder}")
    if not os.access(file if os.path.exists(file) else folder, os.W_OK):
        raise Stop(USAGE, f"{option} {file}: permission denied")


def _result_files(args):
    for option, file in (("--tap", args.tap), ("--junit", args.junit)):
        if file == "-":
            raise Stop(USAGE, f"{option} needs a file; nested TAP goes to the screen anyway")
        _writable(option, file)
    if args.log != "-":
        _writable("--log", args.log)


def do_run(args):
    from . import model
    from .run import Options, Runner
    if args.jitter is not None:
        raise Stop(USAGE, "--jitter does not exist yet; --seed varies what a script draws by rand()")
    _readable(args.files)
    _result_files(args)
    packages.need(["run"], not args.no_install)
    cpus = args.smp or (model.CPUS if args.on == model.BACKEND else 1)
    options = Options(cpus, args.mem, args.seed, not args.plain)
    backends = [model.BACKEND, *machine.BACKENDS] if args.on == "all" else [args.on]
    runner = Runner(args.files, backends, options, lambda line: print(line, flush=True))
    code = runner.go()
    runner.write_files(args.tap, args.junit, args.log)
    return code


def do_test(args):
    from .suites import run_suites
    if args.repeat is None and args.on:
        raise Stop(USAGE, "--on goes with --repeat")
    if args.repeat is not None and args.suites != ["script"]:
        raise Stop(USAGE, "--repeat goes with the suite script alone: ./cursa test script --repeat N")
    return run_suites(args.suites, args.list, not args.no_install, args.repeat, args.on or "qemu")


def do_bench(args):
    from .bench import run_bench
    packages.need(["run"], not args.no_install)
    return run_bench(args.where, args.twice)


def do_iso(args):
    from .run import compile_scripts
    from .system import SCRIPT_PROGRAMS, System
    _readable(args.files)
    _writable("-o", args.output)
    packages.need(["run"], not args.no_install)
    system = System(checking=not args.plain)
    modules, (compiler,) = system.make(SCRIPT_PROGRAMS, ["scriptc"])
    sources = compile_scripts(args.files, compiler)
    modules += [(f"script{i}", source.program) for i, source in enumerate(sources)]
    system.iso(os.path.abspath(args.output), modules)
    say(f"{args.output}: {os.path.getsize(args.output)} bytes, {system.image} image, "
        f"kernel {system.digest}")


def do_boot(args):
    from .boot import show
    for word in args.options:
        if word.startswith("test=") and word not in SELF_TESTS:
            raise Stop(USAGE, f"'{word}': the kernel knows {', '.join(SELF_TESTS)}")
    packages.need(["run"], not args.no_install)
    return show(args)


def do_fuzz(args):
    from .fuzz import run_fuzz
    if not 1 <= args.clients <= 15 or args.ops < 1:
        raise Stop(USAGE, "clients: 1 to 15; operations: at least 1")
    packages.need(["run"], not args.no_install)
    return run_fuzz(args)


def do_doctor(_args):
    from .doctor import report
    return report()


def do_lint(args):
    from .system import System
    _readable(args.files)
    packages.need(["run"], not args.no_install)
    (compiler,) = System().build.make("scriptc")
    worst = PASS
    for file in args.files:
        code, output = process.run([compiler, "--lint", file], limit=60)
        sys.stderr.write(output)
        worst = max(worst, abs(code) if code is not None else MACHINE)
    return worst


def command_line(words):
    args = parsers().parse_args(words)
    if not hasattr(args, "do"):
        parsers().print_help()
        return USAGE
    return args.do(args) or PASS


def main():
    os.environ.pop("PYTHONPATH", None)     # ours, not for the programs that we start
    process.catch_signals()
    try:
        return command_line(sys.argv[1:])
    except Stop as stop:
        say(stop.message)
        if stop.detail:
            print(stop.detail, file=sys.stderr)
        return stop.code
    except process.Interrupted as interruption:
        say(f"interrupted ({interruption})")
        return 128 + interruption.number
    except BrokenPipeError:          # who reads our output has ended
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 128 + signal.SIGPIPE
    except OSError as error:
        say(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return MISSING
    finally:
        process.end_all()


if __name__ == "__main__":
    sys.exit(main())
