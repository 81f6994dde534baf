using System.Text;

namespace Aspire.Hosting.Execution;

/// <summary>A text file that is moved aside to <c>.1</c> when it has reached its size, so that at most twice that much is kept.</summary>
/// <param name="path">Its folder is made with the first line.</param>
/// <param name="largest">Bytes.</param>
internal sealed class RotatingFile(string path, long largest = 10 * 1024 * 1024) : IDisposable
{
    // The replicas of a resource share its file.
    private readonly Lock _gate = new();
    private StreamWriter? _writer;
    private bool _gaveUp;

    /// <summary>Appends a line. A file that cannot be written is given up: output must not stop for the sake of its copy.</summary>
    public void Append(string line)
    {
        lock (_gate)
            Write(line);
    }

    public void Dispose()
    {
        lock (_gate)
            Close();
    }

    private void Write(string line)
    {
        if (_gaveUp)
            return;
        try
        {
            _writer ??= Open();
            _writer.WriteLine(line);
            if (_writer.BaseStream.Position < largest)
                return;
            _writer.Dispose();
            _writer = null;
            File.Move(path, path + ".1", overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _gaveUp = true;
            Close();
        }
    }

    private void Close()
    {
        try
        {
            _writer?.Dispose();
        }
        catch (IOException)
        {
            // What could not be written before cannot be written now.
        }

        _writer = null;
    }

    private StreamWriter Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        return new(stream, new UTF8Encoding(false)) { AutoFlush = true };
    }
}
