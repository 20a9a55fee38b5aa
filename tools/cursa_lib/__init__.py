"""What ./cursa does: packages, build, ISO, emulators, records, reports, suites."""
