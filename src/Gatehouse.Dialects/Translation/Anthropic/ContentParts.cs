using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>
/// Writes the content blocks of a user's message or a tool's result as parts of the upstream's dialect, or all together as one string where there is
/// nothing but text. An edge says how a part of text, an image and a file are written. Not thread-safe.
/// </summary>
internal abstract class ContentParts(MessagesEdgeRequest request, JsonWriter json)
{
    private bool _asString;
    private bool _isFirst;
    private int _marked;

    /// <summary>The attempt.</summary>
    protected MessagesEdgeRequest Request { get; } = request;

    /// <summary>Where parts are written.</summary>
    protected JsonWriter Json { get; } = json;

    /// <summary>Begins a string that takes all that follows; what is no text leaves a note in it.</summary>
    /// <param name="start">Text that it begins with; plain, needing no escapes.</param>
    public void BeginString(ReadOnlySpan<byte> start)
    {
        (_asString, _isFirst) = (true, true);
        Json.BeginString();
        Json.AppendEscaped(start);
    }

    /// <summary>Ends what <see cref="BeginString"/> began.</summary>
    public void EndString() => Json.EndString();

    /// <summary>Begins an array of parts that takes all that follows.</summary>
    public void BeginParts()
    {
        _asString = false;
        Json.BeginArray();
    }

    /// <summary>Ends what <see cref="BeginParts"/> began.</summary>
    public void EndParts() => Json.EndArray();

    /// <summary>Whether content has an image or a file that this model may be sent, so that one string can't hold it.</summary>
    public bool NeedsParts(JsonView content)
    {
        foreach (var block in content.Items)
        {
            if (IsAttachment(block)) return true;
            if (block["type"u8].Is("document"u8) && NeedsParts(block["source"u8]["content"u8])) return true;
        }

        return false;
    }

    /// <summary>Whether a block is an image or a file that this model may be sent.</summary>
    public bool IsAttachment(JsonView block)
    {
        var type = block["type"u8];
        if (type.Is("image"u8)) return Request.Context.Traits.Images;
        if (!type.Is("document"u8) || !Request.Context.Traits.Documents) return false;
        var source = block["source"u8]["type"u8];
        return source.Is("base64"u8) || (source.Is("url"u8) && TakesFileAddresses);
    }

    /// <summary>Puts a cache mark, as it came, on the part that was written last; nothing where there is no part, no mark or one already.</summary>
    public void Mark(JsonView mark)
    {
        if (_asString || !TakesMarks || !mark.IsObject || _marked == Json.Output.Length) return;
        Json.Output.Truncate(Json.Output.Length - 1);
        Json.AppendEscaped(",\"cache_control\":"u8);
        Json.AppendEscaped(mark.Raw);
        Json.AppendEscaped("}"u8);
        _marked = Json.Output.Length;
    }

    /// <summary>Whether a file may be sent by its address.</summary>
    protected abstract bool TakesFileAddresses { get; }

    /// <summary>Writes the images and files of content, also those inside of documents, and nothing else.</summary>
    public void WriteAttachments(JsonView content, Place place)
    {
        foreach (var block in content.Items)
        {
            if (IsAttachment(block)) Write(block, place);
            else if (block["type"u8].Is("document"u8)) WriteAttachments(block["source"u8]["content"u8], place);
        }
    }

    /// <summary>
    /// Whether parts may be marked for the prompt cache, so that all content has to be parts: a string has no place for a mark, and marks move from turn to turn,
    /// by which what was said must not change its form.
    /// </summary>
    public virtual bool TakesMarks => false;

    /// <summary>Writes one block.</summary>
    public void Write(JsonView block, Place place)
    {
        var start = Json.Output.Length;
        WriteBlock(block, place);
        if (TakesMarks && Json.Output.Length > start) Mark(block["cache_control"u8]);
    }

    private void WriteBlock(JsonView block, Place place)
    {
        var type = block["type"u8];
        if (type.Is("text"u8)) Text(block["text"u8], place);
        else if (type.Is("image"u8)) Image(block, place);
        else if (type.Is("document"u8)) Document(block, place);
        else if (type.Is("search_result"u8)) SearchResult(block);
        else if (type.Is("tool_reference"u8)) ToolReference(block);
        else if (type.Is("container_upload"u8)) Request.Lose(MessagesLosses.ContainerUpload);
        else if (type.Is("browser_state"u8)) Request.Lose(MessagesLosses.BrowserState);
        else if (type.IsString) Request.Lose(MessagesLosses.UnknownBlock);
        else Request.Refuse(place.ToString(), "must be an object with a type.");
    }

    /// <summary>Writes content that is a string or an array of blocks.</summary>
    public void WriteAll(JsonView content, Place place)
    {
        if (content.IsString)
        {
            BeginText();
            Json.AppendEscaped(content.Escaped);
            EndText();
        }

        foreach (var block in content.Items) Write(block, place);
    }

    /// <summary>Writes a part of text that we made; plain, needing no escapes.</summary>
    public void Note(ReadOnlySpan<byte> text)
    {
        BeginText();
        Json.AppendEscaped(text);
        EndText();
    }

    /// <summary>Writes a text part up to its text's opening quote.</summary>
    protected abstract void BeginTextPart();

    /// <summary>Writes an image part.</summary>
    /// <param name="source">Its source: <c>base64</c> with a media type and data, or <c>url</c>.</param>
    protected abstract void ImagePart(JsonView source);

    /// <summary>Writes a file part.</summary>
    /// <param name="source">Its source: <c>base64</c> with a media type and data, or <c>url</c>.</param>
    /// <param name="title">Its title, or nothing.</param>
    protected abstract void FilePart(JsonView source, JsonView title);

    /// <summary>Writes a data address as a string's content.</summary>
    protected void AppendDataUrl(JsonView source)
    {
        Json.AppendEscaped("data:"u8);
        Json.AppendEscaped(source["media_type"u8].Escaped);
        Json.AppendEscaped(";base64,"u8);
        Json.AppendEscaped(source["data"u8].Escaped);
    }

    private void BeginText()
    {
        if (!_asString) BeginTextPart();
        else if (!_isFirst) Json.AppendEscaped("\\n\\n"u8);
        _isFirst = false;
    }

    private void EndText()
    {
        if (_asString) return;
        Json.EndString();
        Json.EndObject();
    }

    private void Text(JsonView text, Place place)
    {
        if (!text.IsString) Request.Refuse($"{place}.text", "must be a string.");
        else if (!text.IsEmpty) WriteAll(text, place);
    }

    private void Image(JsonView block, Place place)
    {
        var source = block["source"u8];
        if (!block["transformations"u8].IsNullOrAbsent) Request.Lose(MessagesLosses.ImageTransformations);
        if (!Request.Context.Traits.Images)
        {
            Request.Lose(MessagesLosses.Images);
            Note("[An image stood here. You can't see images.]"u8);
        }
        else if (!IsSource(source, place)) return;
        else if (_asString) Note("[An image: see the next message.]"u8);
        else ImagePart(source);
    }

    private void Document(JsonView block, Place place)
    {
        var source = block["source"u8];
        if (block["citations"u8]["enabled"u8].IsTrue) Request.Lose(MessagesLosses.DocumentCitations);
        if (source["type"u8].Is("text"u8)) DocumentText(block, source["data"u8]);
        else if (source["type"u8].Is("content"u8))
        {
            if (block["title"u8].IsString || block["context"u8].IsString) DocumentText(block, default);
            WriteAll(source["content"u8], place);
        }
        else if (!IsSource(source, place)) return;
        else if (IsAttachment(block))
        {
            if (_asString) Note("[A document: see the next message.]"u8);
            else
            {
                if (block["context"u8] is { IsString: true, IsEmpty: false } context) WriteAll(context, place);
                FilePart(source, block["title"u8]);
            }
        }
        else if (source["type"u8].Is("url"u8))
        {
            Request.Lose(MessagesLosses.DocumentUrl);
            DocumentText(block, source["url"u8]);
        }
        else
        {
            Request.Lose(MessagesLosses.Documents);
            Note("[A document stood here. You can't read documents.]"u8);
        }
    }

    /// <summary>A document as text: its title and context, each on a line, then its text.</summary>
    private void DocumentText(JsonView block, JsonView text)
    {
        BeginText();
        Json.AppendEscaped("Document"u8);
        if (block["title"u8] is { IsString: true } title)
        {
            Json.AppendEscaped(": "u8);
            Json.AppendEscaped(title.Escaped);
        }

        AppendLine(block["context"u8]);
        AppendLine(text);
        EndText();
    }

    private void SearchResult(JsonView block)
    {
        Request.Lose(MessagesLosses.SearchResult);
        BeginText();
        Json.AppendEscaped("Search result: "u8);
        Json.AppendEscaped(block["title"u8].Escaped);
        AppendLine(block["source"u8]);
        foreach (var item in block["content"u8].Items) AppendLine(item["text"u8]);
        EndText();
    }

    private void ToolReference(JsonView block)
    {
        Request.Lose(MessagesLosses.ToolReference);
        BeginText();
        Json.AppendEscaped("The tool "u8);
        // By the name under which it is sent.
        if (block["tool_name"u8] is { IsString: true, IsEmpty: false } name) Json.AppendPlain(Request.Names.Add(Request.Plain(name), default, ToolKind.Function).Sent);
        Json.AppendEscaped(" can be called now."u8);
        EndText();
    }

    private void AppendLine(JsonView text)
    {
        if (!text.IsString) return;
        Json.AppendEscaped("\\n"u8);
        Json.AppendEscaped(text.Escaped);
    }

    private bool IsSource(JsonView source, Place place)
    {
        var type = source["type"u8];
        if (type.Is("base64"u8) && source["data"u8].IsString && source["media_type"u8].IsString) return true;
        if (type.Is("url"u8) && source["url"u8].IsString) return true;
        if (type.Is("file"u8))
            Request.Refuse($"{place}.source", "a file that was uploaded to Anthropic can't be read by this provider. Send it inline, as base64.");
        else
            Request.Refuse($"{place}.source", "must be of type base64 with media_type and data, or of type url with url.");
        return false;
    }
}
