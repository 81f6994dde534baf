using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace AgentSystem.Protocol;

/// <summary>What became of a status line.</summary>
public enum PipeWriteOutcome
{
    /// <summary>The reader has it or will have it.</summary>
    Written,
    /// <summary>Nobody reads the pipe, or it is not there; the line is dropped.</summary>
    NoReader,
    /// <summary>The reader is behind and the pipe is full; the line is dropped.</summary>
    Full,
    /// <summary>Something that is not a FIFO lies where the pipe has to be; the line is dropped and the file is left alone.</summary>
    NotAPipe,
}

/// <summary>
/// The writing end of <c>pipes/&lt;worker&gt;</c>. It never waits: a status line is a hint, and the work goes on without it.
/// Safe for concurrent use; a line is written whole or not at all.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class StatusPipeWriter(string path) : IDisposable
{
    private readonly Lock _gate = new();
    private SafeFileHandle? _handle;

    /// <summary>Writes a line made by <see cref="StatusLine.ToBytes"/>.</summary>
    public PipeWriteOutcome Write(ReadOnlySpan<byte> line)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(line.Length, ProtocolLimits.StatusLineBytes);
        lock (_gate)
        {
            // The second round is for a pipe whose reader went away and came back, perhaps with a new FIFO.
            for (var round = 0; round < 2; round++)
            {
                if (_handle is null && Open(out _handle) is var opened and not PipeWriteOutcome.Written)
                    return opened;
                var handle = _handle!;
                if (Posix.Write(handle, line, out var error) == line.Length)
                    return PipeWriteOutcome.Written;
                if (error == Posix.EAGAIN)
                    return PipeWriteOutcome.Full;
                Close();
            }
            return PipeWriteOutcome.NoReader;
        }
    }

    /// <summary>Whether a line would arrive now. Writes nothing.</summary>
    public PipeWriteOutcome Probe()
    {
        var outcome = Open(out var handle);
        handle?.Dispose();
        return outcome;
    }

    private PipeWriteOutcome Open(out SafeFileHandle? handle)
    {
        var opened = Posix.Open(path, Posix.WriteOnly | Posix.NonBlocking, out var error);
        var outcome = opened.IsInvalid
            ? error == Posix.EISDIR ? PipeWriteOutcome.NotAPipe : PipeWriteOutcome.NoReader
            : Posix.IsSeekable(opened) ? PipeWriteOutcome.NotAPipe : PipeWriteOutcome.Written;
        handle = outcome == PipeWriteOutcome.Written ? opened : null;
        if (handle is null)
            opened.Dispose();
        return outcome;
    }

    private void Close()
    {
        _handle?.Dispose();
        _handle = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            Close();
    }
}

/// <summary>Receives a line without its newline, or what was too long to be one.</summary>
/// <param name="line">The bytes; of an overlong line its beginning.</param>
/// <param name="overlong">True when the line was longer than the protocol allows.</param>
public delegate void StatusLineHandler(ReadOnlySpan<byte> line, bool overlong);

/// <summary>
/// The reading end of <c>pipes/&lt;worker&gt;</c>. Opened read-write, so that it never sees an end of file while writers come and go.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class StatusPipeReader : IDisposable
{
    private static readonly byte[] WakeUp = "\n"u8.ToArray();
    private readonly FileStream _stream;
    private readonly SafeFileHandle _wakeUp;

    /// <summary>Makes the FIFO if it is missing and opens it.</summary>
    /// <exception cref="IOException">Something that is not a FIFO lies there, or it cannot be made.</exception>
    public StatusPipeReader(string path)
    {
        Posix.MakeFifo(path);
        var handle = Posix.Open(path, Posix.ReadWrite, out var error);
        if (handle.IsInvalid)
            throw new IOException($"Cannot open the named pipe {path}: {new System.ComponentModel.Win32Exception(error).Message}");
        if (Posix.IsSeekable(handle))
        {
            handle.Dispose();
            throw new IOException($"{path} is a regular file where a named pipe has to be; remove it.");
        }
        Posix.Widen(handle);
        _stream = new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0);
        _wakeUp = Posix.Open(path, Posix.WriteOnly | Posix.NonBlocking, out _);
    }

    /// <summary>
    /// Hands every line to <paramref name="handle"/> until cancelled. It blocks: give it a thread of its own.
    /// </summary>
    public void ReadLines(StatusLineHandler handle, CancellationToken cancellation)
    {
        // Our own newline ends a blocking read. Written without blocking: a pipe too full to take it has something to read anyway.
        using var registration = cancellation.Register(() => Posix.Write(_wakeUp, WakeUp, out _));
        var buffer = new byte[ProtocolLimits.StatusLineBytes * 16];
        var filled = 0;
        var skipping = false;
        while (!cancellation.IsCancellationRequested)
        {
            filled += _stream.Read(buffer, filled, buffer.Length - filled);
            var start = 0;
            for (int end; (end = buffer.AsSpan(start, filled - start).IndexOf((byte)'\n')) >= 0; start += end + 1)
            {
                if (end > 0 && !skipping)
                    handle(buffer.AsSpan(start, end), overlong: end >= ProtocolLimits.StatusLineBytes);
                skipping = false;
            }
            filled -= start;
            buffer.AsSpan(start, filled).CopyTo(buffer);
            if (filled < ProtocolLimits.StatusLineBytes)
                continue;
            // No newline within the limit: report the line once and pass over the rest of it.
            if (!skipping)
                handle(buffer.AsSpan(0, filled), overlong: true);
            skipping = true;
            filled = 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _wakeUp.Dispose();
    }
}
