"""The ISO: GRUB for BIOS, the kernel, its modules; under 2 MB and made in a fifth of a second."""

import os
import shutil
from pathlib import Path

from . import process
from .paths import MACHINE, MISSING, ROOT, Stop

GRUB_MODULES = "multiboot2 normal iso9660 serial terminal biosdisk part_msdos"
BYTES_MAX = 2_000_000
NAME_MAX = 31       # BOOT_NAME_MAX of abi/boot.h, less the NUL
MODULES_MAX = 32    # BOOT_MODULES_MAX
OPTIONS_MAX = 255   # of the kernel's command line in abi/boot.h, less the NUL


def menu(options, modules):
    """The text of grub.cfg. modules: (name, arguments of the name) in boot order."""
    lines = "\n".join(f"module2 /boot/{name} {name}" for name in modules)
    text = (ROOT / "iso/grub.cfg.in").read_text()
    words = " ".join(options)
    if len(words) > OPTIONS_MAX:
        raise Stop(MACHINE, f"the kernel's options have {len(words)} characters; {OPTIONS_MAX} fit")
    return text.replace("@OPTIONS@", words).replace("@MODULES@", lines)


def make(target, kernel, modules, options=()):
    """Write the ISO. modules: list of (name, file) in boot order."""
    if len(modules) > MODULES_MAX:
        raise Stop(MACHINE, f"{len(modules)} modules, but a boot takes at most {MODULES_MAX}")
    target = Path(target)
    tree = target.parent / (target.name + ".tree")
    shutil.rmtree(tree, ignore_errors=True)
    (tree / "boot/grub").mkdir(parents=True)
    place(kernel, tree / "boot/kernel.elf", strip=True)
    for name, file in modules:
        assert len(name) <= NAME_MAX
        place(file, tree / "boot" / name, strip=Path(file).read_bytes()[:4] == b"\x7fELF")
    (tree / "boot/grub/grub.cfg").write_text(menu(options, [name for name, _ in modules]))
    code, output = process.run(
        ["grub-mkrescue", "-d", "/usr/lib/grub/i386-pc", f"--install-modules={GRUB_MODULES}",
         "--themes=", "--fonts=", "--locales=", "-o", target, tree], limit=120)
    shutil.rmtree(tree, ignore_errors=True)
    if code != 0 or not target.exists():
        raise Stop(MISSING, "grub-mkrescue made no ISO", "\n".join(output.splitlines()[-10:]))
    if os.path.getsize(target) >= BYTES_MAX and not big(modules):
        raise Stop(MACHINE, f"the ISO is {os.path.getsize(target)} bytes; the limit is {BYTES_MAX}")
    return target


def big(modules):
    """Many scripts may make an ISO larger; the system alone must not."""
    return sum(os.path.getsize(file) for _, file in modules if not _is_elf(file)) > 500_000


def _is_elf(file):
    with open(file, "rb") as opened:
        return opened.read(4) == b"\x7fELF"


def place(source, target, strip):
    """Copy; an ELF file goes without its debugging sections, which only the host reads."""
    if strip:
        code, output = process.run(["objcopy", "--strip-debug", source, target])
        if code != 0:
            raise Stop(MISSING, f"objcopy refused {source}", output)
    else:
        shutil.copyfile(source, target)
