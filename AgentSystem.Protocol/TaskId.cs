using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AgentSystem.Protocol;

/// <summary>
/// Task identifiers. Ours are ULIDs (48 bits of Unix milliseconds, 80 random bits, 26 characters of Crockford's base 32),
/// so that they sort by age; see https://github.com/ulid/spec. Other writers may use any name that is safe as a file name.
/// </summary>
public static class TaskId
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>Longest identifier that is accepted, in characters.</summary>
    public const int MaxLength = 64;

    /// <summary>How many characters at the beginning of one of ours are its time.</summary>
    public const int TimeLength = 10;

    /// <summary>Makes an identifier for a task created at <paramref name="now"/>.</summary>
    public static string New(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes[6..]);
        var milliseconds = now.ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(milliseconds >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)milliseconds);

        var value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return string.Create(26, value, static (chars, remaining) =>
        {
            for (var i = chars.Length - 1; i >= 0; i--, remaining >>= 5)
                chars[i] = Alphabet[(int)(remaining & 31)];
        });
    }

    /// <summary>
    /// Whether <paramref name="id"/> may name a task: 1 to 64 ASCII letters, digits, <c>-</c> or <c>_</c>, starting with a letter or digit.
    /// Anything else could leave its folder or hide in it once it is used as a file name.
    /// </summary>
    public static bool IsValid(string? id)
    {
        if (string.IsNullOrEmpty(id) || id.Length > MaxLength || !char.IsAsciiLetterOrDigit(id[0]))
            return false;
        foreach (var c in id)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
        return true;
    }
}
