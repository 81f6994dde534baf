using System.Diagnostics;
using System.Text;

namespace Aspire.Hosting.Execution;

/// <summary>
/// Asks the person at a terminal. The terminal is spoken to directly, not through <see cref="Console"/>, which would echo what is typed whether it is
/// secret or not, and whose state the output of a running AppHost shares.
/// </summary>
internal sealed class Terminal(string device)
{
    private int _hidden;

    /// <summary>The terminal that this process was started at; null when its input or output is something else.</summary>
    public static Terminal? OfThisProcess() =>
        OperatingSystem.IsWindows() || Console.IsInputRedirected || Console.IsOutputRedirected || !File.Exists("/dev/tty") ? null : new("/dev/tty");

    /// <summary>Shows the question and reads a line; null when the terminal has gone. It blocks until somebody answers.</summary>
    public string? Ask(string question, bool isSecret)
    {
        using var terminal = new FileStream(device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        // First silent, then the question: an answer may follow it at once.
        if (isSecret)
            Hide();
        try
        {
            terminal.Write(Encoding.UTF8.GetBytes(question));
            var line = new List<byte>();
            int next;
            while ((next = terminal.ReadByte()) is not (-1 or '\n'))
                line.Add((byte)next);
            if (isSecret)
                terminal.Write("\n"u8);
            return next == -1 ? null : Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
        }
        catch (IOException)
        {
            return null;
        }
        finally
        {
            Restore();
        }
    }

    /// <summary>Shows again what is typed, if it was hidden.</summary>
    public void Restore()
    {
        if (Interlocked.Exchange(ref _hidden, 0) == 1)
            Set("echo");
    }

    private void Hide()
    {
        _hidden = 1;
        Set("-echo");
    }

    private void Set(string mode)
    {
        // Through a shell and with everything redirected, so that .NET does not think that the child takes over the terminal.
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-c", "stty \"$1\" <\"$2\"", "sh", mode, device])
            start.ArgumentList.Add(argument);
        using var stty = Process.Start(start)!;
        stty.WaitForExit();
    }
}
