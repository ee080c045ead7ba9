"""What memory needs done beside the turns: vectors, episodes, segments; and trying what would be
recalled."""
