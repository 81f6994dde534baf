// The tests look at FIFOs, file modes and signals.
[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
