"""The language model as a service: asked within time and money, streamed, left alone when it
fails."""
